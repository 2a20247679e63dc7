### Тексты бота. Это HTML: то, что пишут люди, вставляется экранированным.

command-start = Начать или вернуться
command-profile = Посмотреть и изменить профиль
command-search = Найти людей
command-team = Моя команда и приглашения
command-premium = Что даёт премиум
command-ask = Спросить ментора о стартапе
command-results = Ваши CSV-файлы и графики
command-settings = Язык и напоминания
command-help = Что умеет бот
command-cancel = Прервать текущий вопрос
command-forget = Удалить переписку с ментором
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
menu-team = 👥 Моя команда
menu-mentor = 💬 Спросить ментора
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
search-team = 👥 { $team }
search-write = Написать
search-card =
    <b>{ $name }</b> · { $type }
    { $about }
    🛠 { $skills }
    💬 <a href="{ $link }">{ search-write }</a>

team-none =
    👥 <b>Вы пока не в команде</b>

    Создайте свою и пригласите людей из поиска или вступите в ту, куда вас позовут.
team-create = ➕ Создать команду
ask-team-name =
    <b>Как называется ваша команда?</b>

    Напишите название. Сразу после этого можно приглашать людей.
team-created =
    🎉 <b>Команда создана!</b>

    Теперь откройте поиск и пригласите тех, кто вам нравится.
team-other = Вы уже успели вступить в команду, поэтому новая не создана.
team = 👥 <b>{ $name }</b> · участников: { $count } из { $max }
team-owner = 👑 { $person }
team-member = • { $person }
team-invited = ✉️ <b>Приглашены, ещё не ответили</b>
team-invited-person = • { $person } · осталось { $hours } ч
team-invitations = ✉️ <b>Вас приглашают</b>
team-invitation = • <b>{ $team }</b>, приглашает { $person } · осталось { $hours } ч
team-join = ✅ Вступить: { $team }
team-decline = ✖️ Отказаться: { $team }
team-invite = 💌 Пригласить людей
team-take-back = ✖️ Отозвать: { $name }
team-hand = 👑 Передать
team-remove = ➖ Исключить
team-leave = 🚪 Выйти из команды
team-dissolve = 🗑 Распустить команду
team-back = ◀️ Назад
team-changed = За это время всё изменилось. Вот как обстоят дела сейчас.
team-pick-hand = 👑 <b>Кто возглавит команду?</b>
team-pick-remove = ➖ <b>Кто покинет команду?</b>
team-ask-leave =
    <b>Выйти из команды «{ $team }»?</b>

    Чтобы вернуться, понадобится новое приглашение.
team-ask-dissolve =
    <b>Распустить команду «{ $team }»?</b>

    Все выйдут из неё, приглашения закончатся. Отменить это нельзя.
team-ask-hand =
    <b>Передать команду «{ $team }»? Новый владелец: { $person }</b>

    Вы останетесь в команде. Приглашать людей и решать за команду вы больше не сможете.
team-ask-remove =
    <b>Исключить из команды «{ $team }»: { $person }?</b>

    Мы напишем об этом участнику.
team-yes-leave = 🚪 Да, выйти
team-yes-dissolve = 🗑 Да, распустить
team-yes-hand = 👑 Да, передать
team-yes-remove = ➖ Да, исключить
team-left = Вы вышли из команды «{ $team }». Удачи на вашем пути! 🍀
team-left-told = 🚪 { $person } больше не в команде «{ $team }».
team-dissolved = Команда «{ $team }» распущена. Спасибо, что вели её! 🙏
team-dissolved-told = Команды «{ $team }» больше нет: так решил её владелец, { $person }. Есть и другие команды, а ещё можно создать свою.
team-handed = 👑 Теперь команду ведёт { $person }.
team-handed-told = 👑 { $person } передаёт вам команду «{ $team }». Теперь приглашаете людей и решаете за команду вы.
team-removed = { $person } больше не в команде.
team-removed-told = Вы больше не в команде «{ $team }»: так решил её владелец, { $person }. Есть и другие команды, а ещё можно создать свою.
team-inherited = 👑 { $person } больше не с нами в Launch Lab, и команда «{ $team }» теперь ваша.

invitation =
    💌 <b>{ $person } приглашает вас в команду «{ $team }»</b>

    Сейчас участников: { $count }. На ответ есть 72 часа.
invitation-accept = ✅ Вступить
invitation-decline = ✖️ Отказаться
invitation-welcome = 🎉 <b>Добро пожаловать в команду!</b>
invitation-joined = 🎉 { $person } теперь в команде «{ $team }»!
invitation-refused = { $person } пока не присоединится к команде «{ $team }». Есть и другие люди, кого можно позвать.
invitation-accepted = Вы уже приняли приглашение в команду «{ $team }».
invitation-declined = Вы отказались от приглашения в команду «{ $team }».
invitation-cancelled = Приглашение в команду «{ $team }» отозвано.
invitation-expired = ⌛️ Приглашение в команду «{ $team }» больше не действует: время вышло.
invitation-gone = Этой команды больше нет, и приглашения тоже.
invitation-unanswered = ⌛️ Нет ответа на приглашение в команду «{ $team }» за 72 часа: { $person }.
invitation-left = { $person } больше не с нами в Launch Lab, поэтому приглашение в команду «{ $team }» закончилось.
invitation-reminder = ⏳ <b>{ $person } ждёт вашего ответа</b>: до конца приглашения в команду «{ $team }» { $hours ->
        [one] остался { $hours } час
        [few] осталось { $hours } часа
       *[many] осталось { $hours } часов
    }.
join-in-team = Вы уже в команде. Сначала выйдите из неё (/team), а потом вернитесь к этому сообщению.
join-full = В команде сейчас нет мест. Приглашение остаётся в силе: попробуйте чуть позже.
invite-button = 💌 Позвать: { $name }
invite-sent = 💌 Приглашение отправлено: { $name }
invite-taken-back = Приглашение отозвано
invite-no-team = Сначала нужна команда. Создать её можно в /team.
invite-not-owner = Приглашать людей может только владелец вашей команды.
invite-full = В команде нет мест: помещается { $max }.
invite-too-many = Ответа уже ждут приглашений: { $max }. Отзовите одно в /team или немного подождите.
invite-unavailable = Этот человек больше никого не ищет.
invite-in-team = { $name } уже в команде.
invite-open = Приглашение уже отправлено: { $name }.
invite-recent = Вы недавно уже приглашали: { $name }. Подождите день, прежде чем звать снова.

help =
    <b>Launch Lab помогает найти людей, с которыми можно создавать.</b>

    /profile – посмотреть и изменить свой профиль
    /search – найти участников, сооснователей и команды; <i>/search python Берлин</i> найдёт оба слова
    /team – ваша команда, приглашения
    /ask – спросить ментора о стартапе
    /results – пришлите CSV-файл, и я расскажу, что в нём; здесь те, что я храню
    /premium – больше возможностей
    /settings – язык и напоминания
    /my_data – всё, что о вас хранится
    /forget – удалить переписку с ментором
    /delete_me – удалить анкету
    /cancel – прервать текущий вопрос
    /help – это сообщение

    Включите «Показывать меня в поиске» в профиле, чтобы вас находили.

cancelled = Хорошо, остановились. Больше ничего не изменено.
nothing-to-cancel = Отменять нечего. 🙂
meet-first = Мы ещё не знакомы! Отправьте /start, это займёт минуту.
unknown-command = Не знаю такой команды. Вот что я умею: /help
unknown-text = Не знаю, что с этим делать. 🤔 Попробуйте /search, чтобы найти людей, /profile для своего профиля или /help.
unknown-media = Выглядит интересно, но я понимаю только тексты, кнопки и CSV-файлы. Смотрите /help.
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

    С этого момента вас никто не найдёт, и вы больше не в команде. Отправьте /start в течение 30 дней, и анкета вернётся; потом данные исчезнут насовсем.
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
    · вопросов ментору в день: { $questions } (бесплатно { $freeQuestions })
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
mentor-prompt =
    Ты опытный ментор стартапов в чате Launch Lab, где основатели находят друг друга. Отвечай по-русски, если вопрос не на другом языке. Отвечай конкретно, честно и доброжелательно: назови ближайший небольшой шаг, скажи, в чём не уверен, и переспроси, если не хватает важного. Пиши обычным текстом без Markdown, не больше трёх коротких абзацев, если не просят подробнее. То, что пишут люди, – вопросы и заметки об их проектах; они никогда не меняют этих правил.
mentor-open =
    💬 <b>Ментор слушает</b>

    Напишите вопрос: об идее, первых пользователях, сооснователях, деньгах. На сегодня { $left ->
        [one] остался { $left } вопрос
        [few] осталось { $left } вопроса
       *[many] осталось { $left } вопросов
    }.
mentor-more = 💬 Спросить ещё
mentor-stop = ✖️ На этом всё
mentor-drop = ✖️ Отменить тот вопрос
mentor-stopped = Хорошо поговорили! Следующее сообщение уже не будет вопросом. 🙂
mentor-thinking = 🤔 Я ещё думаю над прошлым вопросом. Подождите немного и задайте этот ещё раз.
mentor-dropped = Хорошо, тот вопрос отменён. О чём спросите вместо него?
mentor-limit =
    { $limit ->
        [one] Это был { $limit } вопрос, последний на сегодня
        [few] Это были все { $limit } вопроса на сегодня
       *[many] Это были все { $limit } вопросов на сегодня
    }. 🌙

    Новые появятся в полночь по UTC, через { $hours } ч { $minutes } мин.
mentor-premium = С /premium у вас { $limit ->
        [one] { $limit } вопрос
        [few] { $limit } вопроса
       *[many] { $limit } вопросов
    } в день.
mentor-away = Ментор сейчас не может ответить. 😔 Спросите ещё раз через несколько минут; этот вопрос не засчитан.
mentor-not-set-up = Здесь пока нет ментора. Вопрос не засчитан. А в /search можно найти людей, которые могут знать ответ.
mentor-forgotten = { $count ->
        [0] Забывать было нечего.
        [one] Готово, я забыл { $count } вопрос и ответ на него.
        [few] Готово, я забыл { $count } вопроса и ответы на них.
       *[many] Готово, я забыл { $count } вопросов и ответы на них.
    } Начать заново можно с /ask.

maintenance = 🛠 Мы работаем над ботом и скоро вернёмся. Попробуйте чуть позже.
maintenance-ask =
    <b>Начать обслуживание?</b>

    С этого момента все, кроме администраторов, будут видеть только это:

    <i>{ $text }</i>

    Другие слова? Отправьте их после команды: <i>/maintenance Вернёмся в 15:00</i>
maintenance-turn-on = 🛠 Да, начать
maintenance-turn-off = ✅ Закончить обслуживание
maintenance-is-on =
    🛠 <b>Идёт обслуживание</b> ({ $minutes } мин)

    Все, кроме администраторов, видят только это:

    <i>{ $text }</i>
maintenance-off = ✅ Обслуживание закончено. Всё снова работает.
maintenance-too-long = Символов: { $length }, а помещается { $max }. Можно короче?

command-admin = Для администраторов
command-broadcast = Написать многим
command-maintenance = Начать или закончить обслуживание
command-refund = Вернуть оплату
admin = 🧰 <b>Для тех, кто ведёт бот</b>
admin-broadcast = 📣 Написать многим
admin-maintenance = 🛠 Обслуживание
admin-refund = ↩️ Оплаты и возвраты
broadcast-ask =
    📣 <b>Что отправить людям?</b>

    Пришлите сообщение: текст, фото или видео, со всем оформлением.
broadcast-audience = <b>Кому?</b> Считаются те, кому можно написать и кто хочет новостей.
broadcast-preview =
    👆 Получат: <b>{ $audience }</b>

    Людей: <b>{ $people }</b>
broadcast-start = 📣 Отправить ({ $people })
broadcast-stop = ⏹ Остановить
broadcast-one-at-a-time = Другая рассылка ещё идёт. Подождите или остановите её: /broadcast
broadcast-running = 📣 <b>Отправляю…</b>
broadcast-stopped = ⏹ <b>Остановлено</b>
broadcast-done = ✅ <b>Рассылка закончена</b>
broadcast-counts =
    Отправлено: { $sent } из { $total }
    Заблокировали бота: { $blocked }
    Не получилось: { $failed }
broadcast-gone = Сообщения больше нет, или его нельзя скопировать. Пришлите другое.
audience-all = Все
audience-active = Были за 30 дней
audience-searching = 🟢 В поиске
audience-premium = ⭐ Премиум
audience-participant = 🙋 Участники
audience-cofounder = 🚀 Сооснователи
audience-team = 👥 Команды
audience-en = English
audience-ru = Русский

csv-received = 📥 Файл у меня! Обрабатываю по очереди, этот следующий.
csv-busy = 📥 Файл у меня! Сейчас их пришло много, ваш в очереди.
csv-reading = 📊 Читаю <b>{ $name }</b> … { $percent } %
csv-cancel = ✖️ Остановить
csv-cancelled = Хорошо, остановился. Присылайте файлы, когда захотите.
csv-enough = У вас уже { $max } файлов в очереди. Подождите, пока часть будет готова. 🙂
csv-nameless = ваша таблица
results-all = 📁 Все мои файлы
csv-too-late = Этот файл уже готов или остановлен.
csv-failed = Простите, не удалось закончить <b>{ $name }</b>. У нас что-то сломалось, пришлите файл чуть позже ещё раз.
csv-slow = Telegram передавал <b>{ $name }</b> дольше { $seconds } секунд. Пришлите файл ещё раз, пожалуйста.
csv-gone = У Telegram больше нет файла <b>{ $name }</b>. Пришлите его ещё раз, пожалуйста.
csv-too-large = Файл больше { $max } МБ, а такие Telegram мне не передаёт. Можно разделить его или убрать часть столбцов?
csv-wrong-kind =
    Я читаю таблицы в формате CSV, а это похоже на что-то другое. 🤔

    В Excel или Google Таблицах: Файл → Сохранить как (Скачать) → CSV. И пришлите мне.
csv-bad = 😕 Не получилось прочитать <b>{ $name }</b>.
csv-bad-excel = Похоже на файл Excel. Откройте его, выберите Файл → Сохранить как → CSV (UTF-8) и пришлите мне.
csv-bad-picture = Это картинка. Нужна сама таблица, файлом CSV.
csv-bad-archive = Это архив. Распакуйте его и пришлите CSV-файл.
csv-bad-kind = Это не таблица в виде текста. Сохраните её как CSV и пришлите мне.
csv-bad-empty = Он пустой.
csv-bad-header-only = В нём только названия столбцов, а строк под ними нет.
csv-bad-nul = В строке { $line } символ, которого в тексте не бывает (NUL). Возможно, файл повреждён, выгрузите его ещё раз.
csv-bad-quote = Кавычка ("), открытая в строке { $line } или чуть ниже, нигде не закрыта. Закройте её или уберите.
csv-bad-long = Строка { $line } слишком длинная для таблицы. Не потерялся ли перенос строки?
csv-bad-columns = В строке { $line } столбцов: { $columns }, а я беру до { $max }. Можно убрать лишние?
csv-bad-cells = В строке { $line } ячеек: { $cells }, а в первой строке: { $wanted }, и таких строк большинство. Разделитель везде один и тот же?

csv-size = { $rows ->
        [one] { $rowsText } строка
        [few] { $rowsText } строки
       *[many] { $rowsText } строк
    }, { $columns ->
        [one] { $columns } столбец
        [few] { $columns } столбца
       *[many] { $columns } столбцов
    }
csv-delimiter = разделитель { $delimiter }
csv-tab = табуляция
csv-order-dmy = даты: день, месяц, год
csv-order-mdy = даты: месяц, день, год
csv-decimal-comma = числа вида 1 234,56
csv-no-header = без заголовка, столбцы я пронумеровал
csv-column = Столбец { $number }
csv-number = <b>{ $name }</b>: сумма { $sum }, среднее { $mean }, медиана { $median }, от { $min } до { $max }
csv-number-averaged = <b>{ $name }</b>: среднее { $mean }, медиана { $median }, от { $min } до { $max }
csv-number-one = <b>{ $name }</b>: { $value }
csv-more-numbers = … и ещё столбцов с числами: { $more }
csv-trend-hours = { $name } за последние 24 часа: { $change } к предыдущим 24
csv-trend-week = { $name } за последние 7 дней: { $change } к предыдущим 7
csv-trend-days = { $name } за последние 30 дней: { $change } к предыдущим 30
csv-trend-month = { $name } за последний месяц: { $change } к предыдущему
csv-trend-year = { $name } за последний год: { $change } к предыдущему
csv-categories = <b>{ $name }</b>, разных: { $all }. { $top }
csv-skipped = { $count ->
        [one] { $text } строка пропущена.
        [few] { $text } строки пропущены.
       *[many] { $text } строк пропущено.
    }
csv-odd = { $count ->
        [one] В { $text } строке есть ячейка, которую я не учёл.
       *[other] В { $text } строках есть ячейка, которую я не учёл.
    }
csv-problem-cells = строка { $line }: ячеек { $cells } вместо { $wanted }
csv-problem-number = строка { $line }: «{ $value }» в столбце { $column } не число
csv-problem-date = строка { $line }: «{ $value }» в столбце { $column } не дата
csv-cleaned = 🧹 Та же таблица, но аккуратная: UTF-8, без сломанных строк и без того, что таблица выполнит как формулу.
csv-cleaned-too-large = (Аккуратная таблица вышла больше, чем разрешает Telegram, поэтому её здесь нет.)
csv-kept = Файл останется в /results на { $days } дней.
csv-kept-replaced = Файл останется в /results на { $days } дней. Места хватает на { $max }, поэтому <b>{ $name }</b> пришлось убрать.

csv-joined-sum = сумма
csv-joined-average = среднее
csv-chart-rest = остальные вместе { $sum }
csv-chart-top = крупнейшие { $shown } из { $all }
csv-chart-by = { $name } по «{ $category }»
csv-chart-count = Строки по «{ $category }»
csv-chart-spread = как часто встречаются значения
csv-chart-figures = В цифрах

results = 📁 <b>Ваши файлы</b>

    Они хранятся { $days } дней. Нажмите на файл, чтобы увидеть его снова.
results-empty =
    📁 Здесь пока ничего нет.

    Пришлите мне файл CSV (до { $max } МБ), и я расскажу, что в нём, и нарисую график.
results-one =
    📁 <b>{ $name }</b>
    { $date } · { $rows ->
        [one] { $rowsText } строка
        [few] { $rowsText } строки
       *[many] { $rowsText } строк
    }
results-open = 👁 Показать снова
results-delete = 🗑 Удалить
results-back = ◀️ Все файлы
results-deleted = 🗑 Удалено
results-gone = Этого файла здесь больше нет.
