"""Capitalised words that are nobody's name, in small letters: for `handlers.names`."""

from __future__ import annotations

_OPENING = """
a aan about account achter af after al all alle alleen als although altijd an and ander andere anderen another
any app appje are as at because
bedankt before behalve beide bel bericht berichten beste bestuur betreft bij binnen binnenkort boven bovenbouw
bovendien boze brief buiten bureau
but by can citaat collega's college community could daar daarin daarna daarnaast daarom daarop daarover dader
dag dan dank dankzij dat datum de
deze did die dinsdag direct directie dit do docent doen does door during dus each echter een eerder
eergisteren eerst eerste en er erna ervoor
even every facebookgroep film filmpje for foto foto's fotos from ga gaan gaat gebeurde geen gelukkig gesprek
gezien gisteren goedemiddag
goedemorgen graag groep groepsapp haar had hadden hallo halverwege has have he heb hebben heeft heel hello
help hem hen her here het hi hier
hierdoor hierna hierover hij his hoe hoewel hoi how hun i iedereen iemand if ik in incident inmiddels is it
its ja jaar je jij jullie kan kijk
klas kleuters kom komt kort kun kunnen laat last later leerkrachten leerlingen les let link locatie luister
maand maar mag many maybe medewerkers
media meerdere meestal melding men met meteen middenbouw mijn misschien moet morgen my na naam naar naast
nadat nee niemand niet niets no nobody
nog not nu of om omdat on ondanks onder onderbouw onderwerp one ongeveer only ons onze ook op opeens opmerking
ouders our over overmorgen per
personeel plaats please plotseling politie post protocol reactie samen scholen school several she should since
sinds situatie slachtoffer so some
somebody someone soms staat status steeds stel stichting still straks tegen tekst terwijl thanks that the
their then there these they this those
tijdens titel to toch today toelichting toen tot tussen twee uit uiteindelijk uitleg until vaak van vanaf
vanavond vandaag vanmiddag vanmorgen
vanochtend vanuit vanwege verder verslag vervolgens via video vlak volgens voor voordat vorig vorige vraag
waar waarom waarschijnlijk wanneer
want waren was wat we week weer weet wegens welke werd what when where which while who why wie wij wil with
without wordt would yes yesterday you
your ze zeg zei zelf zijn zijne zo zoals zodat zodra zonder zou zulke
"""
_THINGS = """
ai airdrop allure ambion amsterdam android apple april arabic arabisch artis august augustus autoriteit
basisschool belgisch belgië bereal
bestuur bing blackboard bluesky buienradar buma bumble canva capcut centrum chatgpt chinees christmas chrome
chromebook cito classroom cmr
commissie cvb dagblad december den dinsdag discord disney donderdag dropbox duinrell duits duitsland dutch
easter edam eerste efteling engeland
engels engelse english esis europa facebook facetime februari february fortnite frans franse french friday
friesland gemeenschappelijke gemeente
german gezin ggd gmail google gopro grindr gynzy haag haarlem halt heerhugowaard hoorn hyves icloud inspectie
insta instagram ipad iphone islam
islamitisch italiaans januari january jeugd jeugdzorg joods juli july jumbo june juni kahoot kamer kennisnet
kerst kerstmis kik kindertelefoon
klasbord koningsdag kwaliteitskaart landelijke leerlingenraad linkedin lovs maandag maart magister march
marktplaats marokkaans marokkanen
marokko mastodon may medezeggenschapsraad mediawijsheid mei messenger meta microsoft minecraft ministerie
monday moodle mr musically nederland
nederlands nederlandse netflix nextdoor nieuws noord noord-holland nos november obs october oekraïens oekraïne
office oktober omroep onderwijs
onderwijsinspectie onlyfans oost oost-knollendam ouderraad outlook paint parnassys parro pasen
persoonsgegevens pinksteren pinterest playstation
pokémon polen polish politie pools power powerpoint prowise purmerend quora raad ramadan reddit rijksoverheid
roblox rotterdam rtl russian
russisch saturday schoudercom september sharepoint shorts signal sint sinterklaas siri skype slachtofferhulp
snap snapchat snappet social
socialschools soundcloud spaans spanish spanje spotify squla staten station steam stories story straat strava
streetview sunday surinaams
suriname syrisch syrië syriërs tate teams telegraaf telegram temu texel threads thuis thursday tikkie tiktok
tinder topicus truth tuesday tumblr
turken turkije turkish turks tweede tweet twitch twitter uber utrecht veilig verenigde vertrouwensinspecteur
vertrouwenspersoon vimeo vinted vk
volendam vondelpark vrijdag wechat wednesday weer west whats whatsapp wifi wikipedia windows woensdag word
wordpress wormer wormerland wormerveer
xbox yahoo yelp youtube youtuber zaandam zaandijk zaanstad zaanstreek zaterdag zondag zoom zuid
"""
_PERSONS = """
broer broertje brother colleague collega conciërge daughter dhr directeur director directrice dochter dr drs
father jongen juf juffrouw
klasgenoot kleuter leerkracht leerling leerlinge medewerker medewerkster meester meisje meneer mevr mevrouw
mijnheer miss moeder mother mr mrs ms
mw oma oom opa ouder ouders parent parents principal pupil sister son stagiair stagiaire tante teacher vader
vriend vriendin zoon zus zusje
"""
OPENING = frozenset(_OPENING.split())
"""Words that open sentences."""
THINGS = frozenset(_THINGS.split())
"""Apps, brands, places, bodies, languages, days."""
PERSONS = frozenset(_PERSONS.split())
"""Words for a person that go before a name."""
