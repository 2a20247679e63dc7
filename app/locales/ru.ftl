### Тексты бота. Это HTML: то, что пишут люди, вставляется экранированным.

command-start = Начать или вернуться
command-profile = Посмотреть и изменить профиль
command-search = Найти людей
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
