### Тексты бота. Это HTML: то, что пишут люди, вставляется экранированным.

command-start = Начать или вернуться
command-profile = Посмотреть и изменить профиль
command-search = Найти людей
command-premium = Что даёт премиум
command-settings = Язык и напоминания
command-help = Что умеет бот
command-cancel = Прервать текущий вопрос
command-my_data = Всё, что о вас хранится
command-delete_me = Удалить анкету

type-participant = Участник
type-cofounder = Сооснователь
type-team = Команда
type-button-participant = 🙋 Участник
type-button-cofounder = 🚀 Сооснователь
type-button-team = 👥 Команда
type-none = ещё не выбрано
searching-yes = 🟢 в поиске
searching-no = ⚪️ сейчас не в поиске
not-given = пока не указано

welcome =
    👋 <b>Добро пожаловать в Launch Lab!</b>

    Здесь основатели, команды и талантливые люди находят друг друга. Несколько коротких вопросов, и вас смогут найти.
welcome-back =
    👋 <b>Рады видеть вас снова, { $name }!</b>

    Что делаем сегодня?

menu-profile = 👤 Мой профиль
menu-search = 🔎 Найти людей
menu-help = ❓ Помощь
menu-premium = ⭐ Премиум

ask-type =
    <b>Кто вы здесь?</b>

    🙋 <b>Участник</b>: есть навыки, хочу присоединиться к проекту
    🚀 <b>Сооснователь</b>: ищу партнёра, чтобы начать вместе
    👥 <b>Команда</b>: наша команда ищет людей
ask-name =
    <b>Как к вам обращаться?</b>

    Напишите имя или название команды.
ask-about =
    <b>Расскажите немного о себе</b>

    Чем вы занимаетесь и что мечтаете создать? Двух-трёх предложений достаточно.
ask-skills =
    <b>Какие у вас навыки?</b>

    Перечислите через запятую, до 10:
    <i>дизайн, python, продажи</i>
ask-city =
    <b>В каком вы городе?</b>

    Чтобы вас находили те, кто рядом.
ask-searching =
    <b>Вы сейчас ищете людей?</b>

    Если да, вас будет видно в поиске.

button-keep-name = Обращаться «{ $name }»
button-skip = Пропустить
button-clear = Оставить пустым
button-yes = 🟢 Да, меня можно найти
button-no = ⚪️ Не сейчас
button-cancel = ✖️ Отмена

onboarding-done = 🎉 <b>Готово, приятно познакомиться!</b> Вот что видят другие:

profile =
    <b>{ $name }</b> · { $type }
    { $searching }

    { $about }

    🛠 { $skills }
    📍 { $city }
profile-hint = Нажмите кнопку, чтобы что-то изменить.
edit-type = 🏷 Кто я
edit-name = ✏️ Имя
edit-about = 📝 О себе
edit-skills = 🛠 Навыки
edit-city = 📍 Город
edit-searching-on = 🟢 Показывать меня в поиске
edit-searching-off = ⚪️ Скрыть меня из поиска
saved = ✅ Сохранено

name-too-long = { $length ->
        [one] В этом имени { $length } символ
        [few] В этом имени { $length } символа
       *[many] В этом имени { $length } символов
    }, а помещается { $max }. Можно покороче?
name-empty = Для имени нужна хотя бы одна буква.
about-too-long = { $length ->
        [one] Получился { $length } символ
        [few] Получилось { $length } символа
       *[many] Получилось { $length } символов
    }, а помещается { $max }. Можно чуть короче?
about-empty = Не вижу здесь слов. Попробуете ещё раз?
skills-too-many = { $count ->
        [one] Получился { $count } навык
        [few] Получилось { $count } навыка
       *[many] Получилось { $count } навыков
    }, а помещается { $max }. Какие самые важные?
skills-too-long = «{ $skill }» слишком длинно: навык может быть до { $max } символов.
skills-empty = Не вижу навыков. Перечислите их через запятую, например: <i>дизайн, python</i>
city-empty = Не вижу здесь города. Попробуете ещё раз?
city-too-long = Здесь { $length } символов, а помещается { $max }. Можно короче?
text-please = Ответьте, пожалуйста, текстом или кнопкой.
buttons-please = Выберите, пожалуйста, одну из кнопок 👆

search-title = 🔎 <b>Кто сейчас в поиске</b>
search-any-type = все
search-any-skill = любой навык
search-any-city = любой город
search-empty =
    С такими условиями пока никого 🤷

    Попробуйте другие фильтры или загляните чуть позже.
search-page = Страница { $page }
search-type-all = Все
search-type-participant = 🙋 Участники
search-type-cofounder = 🚀 Сооснователи
search-type-team = 👥 Команды
search-button-skill = 🛠 { $skill }
search-button-city = 📍 { $city }
search-button-other-city = ✍️ Другой город
search-button-words = 💭 Искать по словам
search-words = 💭 «{ $words }»
search-button-no-words = Искать без слов
search-button-previous = ◀️ Назад
search-button-next = Дальше ▶️
search-choose-skill = 🛠 <b>Какой навык нужен?</b>
search-choose-city = 📍 <b>Из какого города?</b>
search-nobody-in-city = Оттуда сейчас никто не ищет. 🤷 Вот города, где есть люди, или напишите другой.
search-words-empty = Не вижу здесь слов. Попробуете ещё раз?
ask-search-city = 📍 <b>Напишите город</b>, где искать.
ask-search-words =
    💭 <b>Кого или что вы ищете?</b>

    Напишите в нескольких словах, например: <i>python Берлин</i>
search-no-skills = Никто из тех, кто в поиске, пока не указал навыков.
search-write = Написать
search-card =
    <b>{ $name }</b> · { $type }
    { $about }
    🛠 { $skills }
    💬 <a href="{ $link }">{ search-write }</a>

help =
    <b>Launch Lab помогает найти людей, с которыми можно создавать.</b>

    /profile – посмотреть и изменить свой профиль
    /search – найти участников, сооснователей и команды; <i>/search python Берлин</i> найдёт оба слова
    /premium – больше возможностей
    /settings – язык и напоминания
    /my_data – всё, что о вас хранится
    /delete_me – удалить анкету
    /cancel – прервать текущий вопрос
    /help – это сообщение

    Включите «Показывать меня в поиске» в профиле, чтобы вас находили.

cancelled = Хорошо, остановились. Больше ничего не изменено.
nothing-to-cancel = Отменять нечего. 🙂
meet-first = Мы ещё не знакомы! Отправьте /start, это займёт минуту.
unknown-command = Не знаю такой команды. Вот что я умею: /help
unknown-text = Не знаю, что с этим делать. 🤔 Попробуйте /search, чтобы найти людей, /profile для своего профиля или /help.
unknown-media = Выглядит интересно, но я понимаю только тексты и кнопки. Смотрите /help.
stale-button = Эта кнопка уже устарела. Пользуйтесь, пожалуйста, последним сообщением.

throttled = Вы быстрее меня! 😅 Подождите минуту и продолжим.
error-timeout = Простите, это заняло слишком много времени, и я остановился. Ничего не изменено. Попробуйте чуть позже.
error-unexpected = Простите, у нас что-то сломалось. Ничего не изменено, мы разберёмся. Попробуйте ещё раз.

search-ended =
    Вас не было 30 дней, поэтому другие больше не находят вас. Включите поиск снова в /profile.

settings =
    ⚙️ <b>Настройки</b>

    Напоминания и новости: <b>{ $notifications }</b>
on = включены
off = выключены
language-en = English
language-ru = Русский
language-of-telegram = Язык моего Telegram
notifications-on = 🔔 Включить напоминания
notifications-off = 🔕 Выключить напоминания
delete-ask =
    <b>Удалить анкету?</b>

    С этого момента вас никто не найдёт. Отправьте /start в течение 30 дней, и всё вернётся; потом данные исчезнут насовсем.
delete-yes = 🗑 Да, удалить
delete-no = Нет, оставить
deleted = Анкета удалена. Если передумаете, отправьте /start в течение 30 дней. Всего доброго! 👋
delete-kept = Хорошо, ничего не изменилось. 🙂
my-data-soon = 📦 Собираю. Файл придёт через пару секунд.
my-data = Всё, что о вас хранится. Это текстовый файл, его откроет любой редактор.
my-data-failed = Простите, не получилось собрать ваши данные. Отправьте /my_data ещё раз чуть позже.

premium-title = ⭐ <b>Премиум</b>
premium-free = У вас бесплатный тариф.
premium-active = Ваш премиум действует до <b>{ $until }</b>. Спасибо!
premium-gives =
    Что он даёт:
    · вопросов наставнику в день: { $questions } (бесплатно { $freeQuestions })
    · людей в команде: { $team } (бесплатно { $freeTeam })
    · открытых приглашений у команды: { $invitations } (бесплатно { $freeInvitations })
    · последних результатов по файлам: { $results } (бесплатно { $freeResults })
    · запросов в минуту больше в { $factor } раза
premium-buy = ⭐ { $days } дней за { $stars } Stars
premium-extend = ⭐ Добавить { $days } дней за { $stars } Stars
premium-questions = Вопросы об оплате: /paysupport. Условия: /terms
invoice-title = Launch Lab Премиум
invoice-description = { $days } дней премиума. Они начнутся сразу или когда закончатся те, что уже есть.
checkout-unknown = Сначала отправьте, пожалуйста, /start. Ничего не списано.
checkout-old = Этот счёт уже устарел. Отправьте /premium, придёт новый. Ничего не списано.
checkout-unavailable = Простите, сейчас это не работает. Ничего не списано. Попробуйте через несколько минут.
payment-thanks = 🎉 Спасибо! Премиум ваш до <b>{ $until }</b>.
payment-strange = Спасибо, оплата пришла, но я не могу понять, за что она. Мы разберёмся и вернём её. Написать нам: /paysupport
premium-ending = ⭐ Ваш премиум закончится { $until }. Хотите продлить?
premium-ended = Ваш премиум закончился. Всё, что у вас здесь есть, остаётся. Спасибо за поддержку!
refunded = Вам вернулось звёзд: { $stars }.
refunded-free = Теперь у вас бесплатный тариф.
refunded-premium = Премиум ваш до { $until }.
terms =
    <b>Условия премиума</b>

    Оплата в Telegram Stars даёт дни премиума, { $days } с этого момента или с конца тех, что уже есть. Сам по себе он не продлевается. Если что-то не так, как обещано, напишите в /paysupport в течение этих дней, и звёзды вернутся. Сам Telegram с оплатой в этом боте не помогает.
paysupport =
    <b>Вопрос об оплате?</b>

    Напишите его после команды, например: <i>/paysupport оплата прошла, а премиума не видно</i>
paysupport-passed-on = Передано. Вам напишут те, кто ведёт этот бот.
paysupport-admin =
    💬 <a href="{ $link }">{ $name }</a>: вопрос об оплате

    { $question }

refund-choose = <b>Какая оплата?</b> Любую другую найдёт /refund с номером платежа.
refund-none = Пока никто не платил.
refund-unknown = Не знаю оплаты с таким номером. Отправьте /refund, чтобы увидеть последние.
refund-ask =
    <b>Вернуть { $stars } Stars?</b>

    Человек { $user }, { $date }
    <code>{ $charge }</code>

    Оставшиеся дни этого премиума сразу закончатся.
refund-done-before =
    Эти { $stars } Stars уже возвращены.

    Человек { $user }, { $date }
    <code>{ $charge }</code>
refund-yes = ↩️ Да, вернуть { $stars } Stars
refund-back = ◀️ Последние оплаты
refund-begun = Спрашиваю Telegram, отвечу через мгновение.
refund-done = ↩️ Звёзды вернулись к человеку.
refund-failed = Вернуть не получилось: { $why }
refund-no-answer = Telegram не отвечает. Попробуйте позже.
