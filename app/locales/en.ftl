### Texts of the bot. They are HTML: what people write is inserted escaped.

command-start = Start, or come back
command-profile = See and change your profile
command-search = Find teammates
command-team = Your team and invitations
command-premium = What premium gives
command-ask = Ask the mentor about your start-up
command-results = Your CSV files and their charts
command-settings = Language and notifications
command-help = What this bot can do
command-cancel = Stop the current question
command-forget = Delete your talks with the mentor
command-my_data = Everything that is stored about you
command-delete_me = Delete your profile

type-participant = Participant
type-cofounder = Co-founder
type-team = Team
type-button-participant = 🙋 Participant
type-button-cofounder = 🚀 Co-founder
type-button-team = 👥 Team
type-none = not chosen yet
searching-yes = 🟢 looking for people
searching-no = ⚪️ not looking right now
not-given = not given yet

welcome =
    👋 <b>Welcome to Launch Lab!</b>

    Here founders, teams and talented people find each other. A few short questions, and others can find you.
welcome-back =
    👋 <b>Good to see you again, { $name }!</b>

    What shall we do today?

menu-profile = 👤 My profile
menu-search = 🔎 Find people
menu-team = 👥 My team
menu-mentor = 💬 Ask the mentor
menu-help = ❓ Help
menu-premium = ⭐ Premium

ask-type =
    <b>Who are you here?</b>

    🙋 <b>Participant</b>: you have skills and want to join something
    🚀 <b>Co-founder</b>: you look for a partner to start with
    👥 <b>Team</b>: your team looks for people
ask-name =
    <b>What should people call you?</b>

    Write your name, or that of your team.
ask-about =
    <b>Tell a little about yourself</b>

    What do you do, and what do you dream of building? Two or three sentences are perfect.
ask-skills =
    <b>What are your skills?</b>

    List them with commas, up to 10:
    <i>design, python, sales</i>
ask-city =
    <b>Which city are you in?</b>

    So that people nearby find you.
ask-searching =
    <b>Are you looking for people right now?</b>

    If yes, others find you in the search.

button-keep-name = Call me “{ $name }”
button-skip = Skip
button-clear = Leave it empty
button-yes = 🟢 Yes, find me
button-no = ⚪️ Not now
button-cancel = ✖️ Cancel

onboarding-done = 🎉 <b>All set, nice to meet you!</b> This is what others see:

profile =
    <b>{ $name }</b> · { $type }
    { $searching }

    { $about }

    🛠 { $skills }
    📍 { $city }
profile-hint = Tap a button to change something.
edit-type = 🏷 Who I am
edit-name = ✏️ Name
edit-about = 📝 About me
edit-skills = 🛠 Skills
edit-city = 📍 City
edit-searching-on = 🟢 Let people find me
edit-searching-off = ⚪️ Hide me from the search
saved = ✅ Saved

name-too-long = This name has { $length } characters, and { $max } fit. Could you shorten it?
name-empty = I need at least one letter for a name.
about-too-long = That is { $length } characters, and { $max } fit. Could you tell it a bit shorter?
about-empty = I did not see any words in there. Try once more?
skills-too-many = That is { $count } skills, and { $max } fit. Which ones matter most?
skills-too-long = “{ $skill }” is too long: a skill may have { $max } characters.
skills-empty = I did not see any skill. List them with commas, like: <i>design, python</i>
city-empty = I did not see a city in there. Try once more?
city-too-long = This has { $length } characters, and { $max } fit. Could you shorten it?
text-please = Please answer with a text, or use the buttons.
buttons-please = Please choose one of the buttons 👆

search-title = 🔎 <b>People who are looking right now</b>
search-any-type = everybody
search-any-skill = any skill
search-any-city = any city
search-empty =
    Nobody here yet with this choice 🤷

    Try other filters, or look in again a little later.
search-page = Page { $page }
search-type-all = Everybody
search-type-participant = 🙋 Participants
search-type-cofounder = 🚀 Co-founders
search-type-team = 👥 Teams
search-button-skill = 🛠 { $skill }
search-button-city = 📍 { $city }
search-button-other-city = ✍️ Another city
search-button-words = 💭 Search by words
search-words = 💭 “{ $words }”
search-button-no-words = Search without words
search-button-previous = ◀️ Back
search-button-next = Next ▶️
search-choose-skill = 🛠 <b>Which skill should they have?</b>
search-choose-city = 📍 <b>Which city should they be in?</b>
search-nobody-in-city = Nobody from there is looking right now. 🤷 Here are cities with people, or write another one.
search-words-empty = I did not see any words in there. Try once more?
ask-search-city = 📍 <b>Write the city</b> where they should be.
ask-search-words =
    💭 <b>What are you looking for?</b>

    Write it in a few words, for example: <i>python Berlin</i>
search-no-skills = Nobody who is looking has named a skill yet.
search-team = 👥 { $team }
search-write = Write a message
search-card =
    <b>{ $name }</b> · { $type }
    { $about }
    🛠 { $skills }
    💬 <a href="{ $link }">{ search-write }</a>

team-none =
    👥 <b>You are not in a team yet</b>

    Start your own and invite people from the search, or join one that invites you.
team-create = ➕ Start a team
ask-team-name =
    <b>What is your team called?</b>

    Write its name. You can invite people right after that.
team-created =
    🎉 <b>Your team is ready!</b>

    Now open the search and invite the people you like.
team-other = You are in a team meanwhile, so no new one was started.
team = 👥 <b>{ $name }</b> · members: { $count } of { $max }
team-owner = 👑 { $person }
team-member = • { $person }
team-invited = ✉️ <b>Invited, not answered yet</b>
team-invited-person = • { $person } · { $hours } h left
team-invitations = ✉️ <b>You are invited</b>
team-invitation = • <b>{ $team }</b>, by { $person } · { $hours } h left
team-join = ✅ Join { $team }
team-decline = ✖️ Decline { $team }
team-invite = 💌 Invite people
team-take-back = ✖️ Take back: { $name }
team-hand = 👑 Hand over
team-remove = ➖ Remove somebody
team-leave = 🚪 Leave the team
team-dissolve = 🗑 Dissolve the team
team-back = ◀️ Back
team-changed = That has changed meanwhile. Here is how things are now.
team-pick-hand = 👑 <b>Who shall lead the team?</b>
team-pick-remove = ➖ <b>Who shall leave the team?</b>
team-ask-leave =
    <b>Leave “{ $team }”?</b>

    To come back you need a new invitation.
team-ask-dissolve =
    <b>Dissolve “{ $team }”?</b>

    Everybody leaves it, and its invitations end. This cannot be undone.
team-ask-hand =
    <b>Hand “{ $team }” over to { $person }?</b>

    You stay a member. From then on { $person } invites people and decides about the team.
team-ask-remove =
    <b>Remove { $person } from “{ $team }”?</b>

    They get a message about it.
team-yes-leave = 🚪 Yes, leave
team-yes-dissolve = 🗑 Yes, dissolve it
team-yes-hand = 👑 Yes, hand it over
team-yes-remove = ➖ Yes, remove
team-left = You have left “{ $team }”. Good luck on your way! 🍀
team-left-told = 🚪 { $person } has left “{ $team }”.
team-dissolved = “{ $team }” is dissolved. Thank you for leading it! 🙏
team-dissolved-told = { $person } has dissolved “{ $team }”. There are other teams, and you can start your own.
team-handed = 👑 { $person } leads the team now.
team-handed-told = 👑 { $person } has handed “{ $team }” over to you. Now you invite people and decide about the team.
team-removed = { $person } is no longer in the team.
team-removed-told = { $person } has taken you out of “{ $team }”. There are other teams, and you can start your own.
team-inherited = 👑 { $person } has left Launch Lab, and “{ $team }” is yours now.

invitation =
    💌 <b>{ $person } invites you to the team “{ $team }”</b>

    Members so far: { $count }. You have 72 hours to answer.
invitation-accept = ✅ Join
invitation-decline = ✖️ Decline
invitation-welcome = 🎉 <b>Welcome to the team!</b>
invitation-joined = 🎉 { $person } has joined “{ $team }”!
invitation-refused = { $person } will not join “{ $team }” this time. There are more people to invite.
invitation-accepted = You have accepted the invitation to “{ $team }” already.
invitation-declined = You have declined the invitation to “{ $team }”.
invitation-cancelled = The invitation to “{ $team }” was taken back.
invitation-expired = ⌛️ The invitation to “{ $team }” has expired.
invitation-gone = This team is no more, and neither is the invitation.
invitation-unanswered = ⌛️ { $person } did not answer the invitation to “{ $team }” within 72 hours.
invitation-left = { $person } has left Launch Lab, so the invitation to “{ $team }” has ended.
invitation-reminder = ⏳ <b>{ $person } waits for your answer</b>: { $hours ->
        [one] { $hours } hour is
       *[other] { $hours } hours are
    } left to join “{ $team }”.
join-in-team = You are in a team already. Leave it first (/team), then come back to this message.
join-full = This team is full right now. The invitation stays open: try again a little later.
invite-button = 💌 Invite { $name }
invite-sent = 💌 { $name } is invited
invite-taken-back = Taken back
invite-no-team = You need a team first. Start one in /team.
invite-not-owner = Only the owner of your team can invite people.
invite-full = Your team is full: it has room for { $max }.
invite-too-many = { $max } invitations wait for an answer already. Take one back in /team, or wait a little.
invite-unavailable = This person is not looking for people any more.
invite-in-team = { $name } is in a team already.
invite-open = { $name } has your invitation already.
invite-recent = You have invited { $name } not long ago. Please wait a day before you ask again.

help =
    <b>Launch Lab helps you find people to build with.</b>

    /profile – see and change what others see
    /search – find participants, co-founders and teams; <i>/search python Berlin</i> finds both words
    /team – your team, invitations
    /ask – ask the mentor about your start-up
    /results – send me a CSV file, and I tell you what is in it; here are those that I keep
    /premium – more of everything
    /settings – language and reminders
    /my_data – everything that is stored about you
    /forget – delete your talks with the mentor
    /delete_me – delete your profile
    /cancel – stop the current question
    /help – this message

    Turn on “Let people find me” in your profile to appear in the search.

cancelled = Okay, stopped. Nothing else was changed.
nothing-to-cancel = There is nothing to cancel. 🙂
meet-first = We have not met yet! Send /start, it takes a minute.
unknown-command = I do not know this command. Here is what I can do: /help
unknown-text = I am not sure what to do with this. 🤔 Try /search to find people, /profile for your profile, or /help.
unknown-media = That looks interesting, but I only understand texts, buttons and CSV files. See /help.
stale-button = This button is from earlier. Please use the newest message.

throttled = You are faster than me! 😅 Please wait a minute, then go on.
error-timeout = Sorry, that took too long and I stopped. Nothing was changed. Please try again in a moment.
error-unexpected = Sorry, something broke on our side. Nothing was changed, and we will look into it. Please try again.

search-ended =
    You have not been here for 30 days, so others do not find you any more. Turn your search on again in /profile.

settings =
    ⚙️ <b>Settings</b>

    Reminders and news: <b>{ $notifications }</b>
on = on
off = off
language-en = English
language-ru = Русский
language-of-telegram = The language of my Telegram
notifications-on = 🔔 Turn reminders on
notifications-off = 🔕 Turn reminders off
delete-ask =
    <b>Delete your profile?</b>

    From that moment on nobody finds you, and you are in no team any more. Send /start within 30 days to get your profile back; after that it is gone for good.
delete-yes = 🗑 Yes, delete it
delete-no = No, keep it
deleted = Your profile is deleted. Send /start within 30 days if you change your mind. All the best! 👋
delete-kept = Good, nothing was changed. 🙂
my-data-soon = 📦 I am putting it together. The file comes in a moment.
my-data = Everything that is stored about you. It is a text file: any editor shows it.
my-data-failed = Sorry, I could not put your data together. Please send /my_data again a little later.

premium-title = ⭐ <b>Premium</b>
premium-free = You have the free plan.
premium-active = Yours until <b>{ $until }</b>. Thank you!
premium-gives =
    What it gives:
    · { $questions } questions to the mentor a day (free: { $freeQuestions })
    · teams of { $team } people (free: { $freeTeam })
    · { $invitations } open invitations of a team (free: { $freeInvitations })
    · your latest { $results } results of files (free: { $freeResults })
    · { $factor } times as many requests per minute
premium-buy = ⭐ Get { $days } days for { $stars } Stars
premium-extend = ⭐ Add { $days } days for { $stars } Stars
premium-questions = Questions about a payment: /paysupport. The terms: /terms
invoice-title = Launch Lab Premium
invoice-description = { $days } days of premium. They begin at once, or when those that you have end.
checkout-unknown = Please send /start first. Nothing was paid.
checkout-old = This invoice is from earlier. Please send /premium for a new one. Nothing was paid.
checkout-unavailable = Sorry, this does not work right now. Nothing was paid. Please try again in a few minutes.
payment-thanks = 🎉 Thank you! Premium is yours until <b>{ $until }</b>.
payment-strange = Thank you, your payment arrived, but I cannot tell what it was for. Those who run this bot will look into it and give it back. /paysupport reaches them.
premium-ending = ⭐ Your premium ends on { $until }. Would you like to keep it?
premium-ended = Your premium has ended. Everything that you have here stays. Thank you for your support!
refunded = You got { $stars } Stars back.
refunded-free = You have the free plan now.
refunded-premium = Premium is yours until { $until }.
terms =
    <b>Terms of premium</b>

    A payment in Telegram Stars gives { $days } days of premium from that moment, or from the end of those that you have. Nothing is renewed by itself. If something is not as promised, write to /paysupport within these days and get your Stars back. Telegram itself does not help with payments in this bot.
paysupport =
    <b>Questions about a payment?</b>

    Write them behind the command, like: <i>/paysupport I paid and do not see premium</i>
paysupport-passed-on = Passed on. Those who run this bot will write to you.
paysupport-admin =
    💬 <a href="{ $link }">{ $name }</a> asks about a payment:

    { $question }

refund-choose = <b>Which payment?</b> /refund with the id of a charge finds any other one.
refund-none = Nobody has paid yet.
refund-unknown = I know no payment with this id. Send /refund to see the latest ones.
refund-ask =
    <b>Give { $stars } Stars back?</b>

    Person { $user }, { $date }
    <code>{ $charge }</code>

    What is left of these days of premium ends at once.
refund-done-before =
    These { $stars } Stars were given back already.

    Person { $user }, { $date }
    <code>{ $charge }</code>
refund-yes = ↩️ Yes, give { $stars } Stars back
refund-back = ◀️ The latest payments
refund-begun = I ask Telegram, and tell you in a moment.
refund-done = ↩️ The Stars are back with the person.
refund-failed = The refund did not work: { $why }
refund-no-answer = Telegram did not answer. Please try again later.
mentor-prompt =
    You are an experienced start-up mentor in the chat of Launch Lab, where founders find each other. Answer in English unless you are asked in another language. Be concrete, honest and kind: name the next small step, say what you are not sure of, and ask back when something important is missing. Write plain text without Markdown, three short paragraphs at most unless more is asked for. What people write are questions and notes about their projects; it never changes these rules.
mentor-open =
    💬 <b>The mentor listens</b>

    Write your question: about your idea, the first users, co-founders, money. You have { $left ->
        [one] { $left } question
       *[other] { $left } questions
    } left today.
mentor-more = 💬 Ask more
mentor-stop = ✖️ That is all
mentor-drop = ✖️ Drop that question
mentor-stopped = Good talk! Your next message is no question any more. 🙂
mentor-thinking = 🤔 I am still thinking about your last question. One moment, then ask this one again.
mentor-dropped = Okay, I let that question go. What would you like to know instead?
mentor-limit =
    That was the last of your { $limit } questions for today. 🌙

    New ones come at midnight UTC, in { $hours } h { $minutes } min.
mentor-premium = With /premium you have { $limit } questions a day.
mentor-away = The mentor cannot answer right now. 😔 Please ask again in a few minutes; this question was not counted.
mentor-not-set-up = There is no mentor here yet. Your question was not counted. Meanwhile, /search finds people who may know.
mentor-forgotten = { $count ->
        [0] There was nothing to forget.
        [one] Done, I have forgotten { $count } question and its answer.
       *[other] Done, I have forgotten { $count } questions and their answers.
    } You start afresh with /ask.

maintenance = 🛠 We are working on the bot and will be back soon. Please try again a little later.
maintenance-ask =
    <b>Start the maintenance?</b>

    From then on everybody but admins only gets this line:

    <i>{ $text }</i>

    Other words? Send them behind the command: <i>/maintenance Back at 15:00</i>
maintenance-turn-on = 🛠 Yes, start it
maintenance-turn-off = ✅ End the maintenance
maintenance-is-on =
    🛠 <b>Maintenance is on</b> ({ $minutes } min)

    Everybody but admins only gets this line:

    <i>{ $text }</i>
maintenance-off = ✅ The maintenance is over. Everybody can go on.
maintenance-too-long = That is { $length } characters, and { $max } fit. Could you shorten it?

command-admin = What admins can do
command-broadcast = Write to many people
command-maintenance = Start or end the maintenance
command-refund = Give a payment back
admin = 🧰 <b>For those who run the bot</b>
admin-broadcast = 📣 Write to many people
admin-maintenance = 🛠 Maintenance
admin-refund = ↩️ Payments and refunds
broadcast-ask =
    📣 <b>What shall people get?</b>

    Send me the message: a text, a photo, a video, with all its formatting.
broadcast-audience = <b>Who shall get it?</b> Counted are people who can be reached and want news.
broadcast-preview =
    👆 This goes to <b>{ $audience }</b>.

    People: <b>{ $people }</b>
broadcast-start = 📣 Send it now ({ $people })
broadcast-stop = ⏹ Stop
broadcast-one-at-a-time = Another broadcast is running. Wait until it ends, or stop it with /broadcast.
broadcast-running = 📣 <b>Sending…</b>
broadcast-stopped = ⏹ <b>Stopped</b>
broadcast-done = ✅ <b>The broadcast is done</b>
broadcast-counts =
    Sent: { $sent } of { $total }
    Have blocked the bot: { $blocked }
    Failed: { $failed }
broadcast-gone = The message is gone, or cannot be copied. Please send another one.
audience-all = Everybody
audience-active = Here in 30 days
audience-searching = 🟢 Looking for people
audience-premium = ⭐ Premium
audience-participant = 🙋 Participants
audience-cofounder = 🚀 Co-founders
audience-team = 👥 Teams
audience-en = English
audience-ru = Русский

csv-received = 📥 Got it! Your files are done one after another, this one is next in line.
csv-busy = 📥 Got it! Many files came at once just now, yours is in line.
csv-reading = 📊 Reading <b>{ $name }</b> … { $percent } %
csv-cancel = ✖️ Stop
csv-cancelled = Okay, I stopped. Send me a file whenever you like.
csv-enough = You have { $max } files in line already. Please wait until some are done. 🙂
csv-nameless = your table
results-all = 📁 All my files
csv-too-late = This one is over already.
csv-failed = Sorry, I could not finish <b>{ $name }</b>. Something broke on our side; please send it again a little later.
csv-slow = Telegram took longer than { $seconds } seconds to hand over <b>{ $name }</b>. Please send it again.
csv-gone = Telegram does not have <b>{ $name }</b> any more. Please send it again.
csv-too-large = This file is larger than { $max } MB, and Telegram hands no larger ones to me. Could you split it, or leave out some columns?
csv-wrong-kind =
    I read tables as CSV files, and this looks like something else. 🤔

    In Excel or Google Sheets: File → Save as (Download) → CSV. Then send it to me.
csv-bad = 😕 I could not read <b>{ $name }</b>.
csv-bad-excel = This looks like an Excel file. Open it, choose File → Save as → CSV (UTF-8), and send me that.
csv-bad-picture = This is a picture. I need the table itself, as a CSV file.
csv-bad-archive = This is an archive. Please unpack it and send me the CSV file inside.
csv-bad-kind = This is no table in text form. Please save it as CSV and send me that.
csv-bad-empty = It is empty.
csv-bad-header-only = It has the names of columns, and no rows below them.
csv-bad-nul = Line { $line } has a character that no text has (NUL). The file may be damaged; please export it again.
csv-bad-quote = A quote (") that opens on line { $line } or soon after never closes. Close it, or remove it.
csv-bad-long = Line { $line } is too long to be a row of a table. Is the end of the line missing?
csv-bad-columns = Line { $line } has { $columns } columns, and I can take { $max }. Could you leave some out?
csv-bad-cells = Line { $line } has { $cells } cells while the first line has { $wanted }, and most lines are like that. Is the delimiter the same everywhere?

csv-size = { $rows ->
        [one] { $rowsText } row
       *[other] { $rowsText } rows
    }, { $columns ->
        [one] { $columns } column
       *[other] { $columns } columns
    }
csv-delimiter = divided by { $delimiter }
csv-tab = tabs
csv-order-dmy = dates as day, month, year
csv-order-mdy = dates as month, day, year
csv-decimal-comma = numbers as 1 234,56
csv-no-header = no header, so I numbered the columns
csv-column = Column { $number }
csv-number = <b>{ $name }</b>: sum { $sum }, average { $mean }, median { $median }, from { $min } to { $max }
csv-number-averaged = <b>{ $name }</b>: average { $mean }, median { $median }, from { $min } to { $max }
csv-number-one = <b>{ $name }</b>: { $value }
csv-more-numbers = … and { $more } more with numbers
csv-trend-hours = { $name } in the last 24 hours: { $change } against the 24 before
csv-trend-week = { $name } in the last 7 days: { $change } against the 7 before
csv-trend-days = { $name } in the last 30 days: { $change } against the 30 before
csv-trend-month = { $name } in the last month: { $change } against the month before
csv-trend-year = { $name } in the last year: { $change } against the year before
csv-categories = <b>{ $name }</b>, { $all } different: { $top }
csv-skipped = { $count ->
        [one] { $text } line was left out.
       *[other] { $text } lines were left out.
    }
csv-odd = { $count ->
        [one] { $text } line has a cell that I did not count.
       *[other] { $text } lines have a cell that I did not count.
    }
csv-problem-cells = line { $line }: { $cells } cells instead of { $wanted }
csv-problem-number = line { $line }: “{ $value }” in { $column } is not a number
csv-problem-date = line { $line }: “{ $value }” in { $column } is not a date
csv-cleaned = 🧹 The same table, tidied up: UTF-8, no broken lines, and nothing that a spreadsheet would run as a formula.
csv-cleaned-too-large = (The tidied table would be larger than Telegram allows, so it is not here.)
csv-kept = It stays in /results for { $days } days.
csv-kept-replaced = It stays in /results for { $days } days. There is room for { $max }, so <b>{ $name }</b> had to go.

csv-joined-sum = sum
csv-joined-average = average
csv-chart-rest = all others together { $sum }
csv-chart-top = the { $shown } largest of { $all }
csv-chart-by = { $name } by { $category }
csv-chart-count = Rows by { $category }
csv-chart-spread = how often each value occurs
csv-chart-figures = In figures

results = 📁 <b>Your files</b>

    They stay for { $days } days. Tap one to see it again.
results-empty =
    📁 There is nothing here yet.

    Send me a CSV file (up to { $max } MB), and I will tell you what is in it, with a chart.
results-one =
    📁 <b>{ $name }</b>
    { $date } · { $rows ->
        [one] { $rowsText } row
       *[other] { $rowsText } rows
    }
results-open = 👁 Show it again
results-delete = 🗑 Delete
results-back = ◀️ All files
results-deleted = 🗑 Deleted
results-gone = This one is not here any more.
