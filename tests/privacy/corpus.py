"""What must not leave, and what must stay as it is: the canaries and the harmless lines.

Every value is made up, or an example of the standard that defines it. No canary is a part of
another, and none looks like anything that a process says by itself.
"""

import re
from typing import Final, NamedTuple


class Canary(NamedTuple):
    """A value that must not leave.

    `text` is how it stands in a free text (a keyword that belongs to it included), `secret` the
    part of it that must not stay, `known` whether a pattern can know it there.
    """

    kind: str
    text: str
    secret: str
    known: bool = True


def _known(kind: str, *texts: str) -> list[Canary]:
    """Canaries that a pattern knows; where not all of one is secret, braces mark what is."""
    made = []
    for text in texts:
        before, opened, rest = text.partition("{")
        secret, _, after = rest.rpartition("}")
        made.append(Canary(kind, before + secret + after, secret) if opened else
                    Canary(kind, text, text))  # fmt: skip
    return made


CANARIES: Final = [
    *_known(
        "e-mail", "jane.quokka@example.com", "QUOKKA+tag_1%x@mail.sub.example.co.uk",
        "jörg.quokka@exämple.org", "pat.o'quokka@example.com", "quokka@198.51.100.9",
        "quokka.encoded%40example.com", "long." + "quokkas." * 12 + "end@example.net",
        "jane.quokka\N{FULLWIDTH COMMERCIAL AT}example.com", "jane\u200b.quokka@example.com",
        '"jane quokka"@example.com', "bounce+jane.quokka=example.com@list.example.org",
        "SRS0=x7=22=example.com=quokka@example.org", "quokka@[198.51.100.10]",
    ),
    *_known(
        "phone", "+54 11 4321-5678", "+1 (555) 123-4567", "+442079460958", "(555) 765-4321",
        "555-867-5309", "020 7946 0321", "06 12 34 56 78", "tel: {4321 8765}", "Phone {43218799}",
        "WhatsApp: {15-1234-5699}", "fax no. {0221 998877}",
        "1-555-867-5310", "+54\xa011\xa04321\u20115679", "\u202a(555)\xa0765-4322\u202c",
        "phone={%2B54+11+4321+5677}", "'phone': ['{4321 8766}']", '"telefono": "{43218798}"',
    ),
    *_known(
        "national id", "078-05-1120", "SSN {078051129}", "social security number: {078 05 1121}",
        "DNI {30.111.222}", "DNI: {30111229}", "87654321X", "X1234567L", "NIF {A58818501}",
        "CUIT {20123456781}", "20-12345678-6", "529.982.247-25", "11.444.777/0001-61",
        "CPF: {52998224799}", "12.345.678-5", "RUT {76086428-5}", "BADD110313HCMLNS09",
        "RSSMRA85T10A562S", "1 85 05 78 006 084 36", "QQ 12 34 56 C", "NINO {QQ123456C}",
        "NHS number {943 476 5919}", "passport {AB1234567}", "pasaporte: {AAC123456}",
        "Aadhaar {2345 6789 0123}", "BSN: {111222333}", "PESEL {44051401359}",
        "driver's licence no. {D1234568}",
        '"dni": "{30111223}"', '\\"passport\\": \\"{AB1234568}\\"', "'cuit': ['{20123456782}']",
        "client_dni={30111224}", '"national_id": {30111225}',
    ),
    *_known(
        "account", "DE89370400440532013000", "GB82 WEST 1234 5698 7654 32", "NO9386011117947",
        "IBAN {FR1420041010050500013M02606}", "4111 1111 1111 1111", "5555-5555-5555-4444",
        "378282246310005", "6011111111111117", "cvv={7391}",
    ),
    *_known(
        "medical record", "MRN: {48151624}", "MRN {4815162399}", "mrn={4815162342}",
        "medical record number {HX-778812}", "patient id {8899771}", "Patient no. {7741-22}",
        "patient number: {88451}", "historia clínica: {99812}",
        "'patient_id': '{8899772}'",
    ),
    *_known(
        "address of a machine", "203.0.113.77", "{198.51.100.23}:51234", "2001:db8::7e57:1",
        "2001:0db8:0000:0000:0000:ff00:0042:8329", "::ffff:{203.0.113.78}",
        "address:{2001:db8::7e57:2}",
    ),
    *_known(
        "token", "Bearer {mF_9.B5f-4.1JqMzz}", "Basic {cXVva2thOmh1bnRlcjI=}",
        "Token {9944b09199c62bcf9418ad84}",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJxdW9ra2EifQ.c2lnbmF0dXJlMTIz",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "github_pat_11ABCDEFG0aBcDeFgHiJkL_mnop",
        "glpat-x7Yz9AbCdEfGhIjKlMnO", "xoxb-17653672481-19874698323-abcdEFGH",
        "xapp-1-A0123456789-abcdef0123", "AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLF",
        "AIzaSyA1234567890abcdefghijklmnopqrstuv", "ya29.a0AfH6SMBx1234567890abcdef",
        "GOCSPX-1234567890abcdefghij", "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        "whsec_1234567890abcdefghijKLMN", "sk-proj-1234567890abcdefghijKLMN",
        "SG.ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf-09kqeF8tAmbihYzrnopKc",
        "npm_" + "a1B2c3D4e5" * 3 + "f6G7h8", "pypi-AgEIcHlwaS5vcmcCJDEyMzQ1Njc4",
        "hf_" + "abcdefGHIJ" * 3 + "klmn", "SK" + "0123456789abcdef" * 2,
        "0123456789abcdef0123456789abcdee-us14", "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw7",
        "shpat_" + "fedcba9876543210" * 2, "glsa_HOruNAb7SOiCdshU7algkrq8Fdsn55HJ",
        "hvs.CAESIJ1234567890abcdefgh", "dapi" + "0f1e2d3c4b5a6978" * 2,
        "quokka:1tXabc:Zk3j4Hh2v9QwErTyUiOpAsDfGhJkLzXc",
        "/reset/{cxyz12-0a1b2c3d4e5f60718293a4b5c6d7e8f9}/",
        "-----BEGIN PRIVATE KEY-----\n{MIIEvQIBADANBgkqhkiG9w0B}\n-----END PRIVATE KEY-----",
    ),
    *_known(
        "password", "password={hunter2quokka}", "PASSWORD: {hunter3quokka}", "pwd={hunter4quokka}",
        "'password': '{two words quokka5}'", "--password {hunter6quokka}", "secret={quokka7secret}",
        "password '{hunter8quokka}'", "contraseña: {hunter9quokka}", "sessionid={8vqkquokka00}",
        "Cookie: {theme=dark; uid=quokka31}", "api_key={quokkaApiKey77}", "otp={771199}",
        'Authorization: {Digest username="quokka9", nc=0001}', "AccountKey={quokkaAzureKey78==}",
        "postgres://{lab:hunterXquokka}@db/lab", "PIN: {8842}",
        "password={hunterA&quokka}", "password: {hunter,B;quokka!}", "(password={hunterC)quokka})",
        "'password': [{'two words quokka6'}]", '\\"password\\": {\\"two words quokka7\\"}',
        "cookies={{'uid': 'quokka32'}}", "(b'cookie', {b'uid=quokka33')}",
    ),
    *_known(
        "person after a name", "first_name={Quokkalina}", "'last_name': '{Quokkason}'",
        "Patient name: {Quokkaberta Quokkadottir}", "username={quokka_user9}",
        "full name: {Maximiliano Quokkez}", "date of birth: {1980-05-17}", "apellido: {Quokkález}",
        "full name: {José Álvarez Quokkín}", "Patient name: {María de los Ángeles Quokka}",
        "<QueryDict: 'last_name': [{'de la quokka'}]>", '\\"last_name\\": {\\"van quokka\\"}',
        "'street_address': [{'12 Quokka Crescent, Perth'}]", "date of birth: {17 May 1981}",
        "DOB: {May 18, 1981}", "fecha de nacimiento: {19 de mayo de 1981}",
        "'birth_date': {datetime.date(1981, 5, 20)}",
        "street address: {221B Quokka Street, Perth}", "direccion: {Av. Quokka 1234, 3º B}",
        "User-Agent: {Mozilla/5.0 (Quokka; rv:9) Quokkafox/1}",
    ),
    *_known(
        "value quoted", "Key (surname)=({Quokkaduplicate}) already exists.",
        "DETAIL:  Failing row contains ({17, Quokkarow, null}).",
        "Duplicate entry '{Quokkaentry}' for key 'people.name'",
        "SELECT * FROM people WHERE name = '{Quokkaliteral}'",
        "insert into people values ('{Quokkainsert}')",
        "LINE 1: SELECT '{Quokkaline}' FRM people", 'near "{Quokkanear}": syntax error',
        'invalid input syntax for type integer: "{Quokkainput}"',
        "invalid literal for int() with base 10: '{Quokkaint}'",
        "(0.001) SELECT name; args=({'Quokkaargs',}); alias=default",
        "“{Quokkauuid}” is not a valid UUID.",
        "Task t.t[6b] succeeded in 0.1s: ['{Quokkaresult}']",
        "GET /search/?{q=Quokkasearch&page=2}",
        "GET /search/?{debug&q=Quokkaflag}", "GET /?{q=O'Quokkapostrophe} HTTP/1.1",
        "'QUERY_STRING': {'q=Quokkastring'}",
        "Key (lower(surname::text))=({quokkalower}) already exists.",
        "DETAIL:  Failing row contains ({17, Quokkaline\nQuokka Street 5, null}).",
        "Field 'id' expected a number but got {'Quokkanumber'}.",
        "Select a valid choice. {Quokkachoice} is not one of the available choices.",
        "ValueError: '{Quokkamember}' is not a valid Species",
        "[type=int_parsing, input_value={'Quokkapydantic, x'}, input_type=str]",
        "The full contents of the message body was:\n{b'[[\"Quokkaargument\"], {}]' (9b)}",
        "SELECT 1\nFROM people\nWHERE a = 1\n  AND name = '{Quokkaclause}'",
        "INSERT INTO people (name) VALUES\n  ('{Quokkavalues}')",
        '203.0.113.79 - {quokkabasic} [22/Nov/2026:19:23:45 +0000] "GET / HTTP/1.1" 200 5',
        'GET / HTTP/1.1" 200 5 "https://example.org/{Quokkareferer" "Quokka/5}"',
    ),
    # What no pattern knows in a free text: docs/privacy.md lists it, and what to declare instead.
    Canary("name", "Wallabella Bilbygton", "Wallabella Bilbygton", known=False),
    Canary("address", "12 Wombat Crescent, Fremantle", "12 Wombat Crescent", known=False),
    Canary("number alone", "40414243", "40414243", known=False),
    Canary("password in a sentence", "the password is numbat4tune", "numbat4tune", known=False),
    Canary("date of birth alone", "born 1979-03-31", "1979-03-31", known=False),
    Canary("hexadecimal token alone", "9c1185a5c5e9fc54612808977ee8f548b2258d31",
           "9c1185a5c5e9fc54612808977ee8f548b2258d31", known=False),
    Canary("name of a file", "wombat-necropsy.pdf", "wombat-necropsy", known=False),
]  # fmt: skip
KNOWN: Final = [canary for canary in CANARIES if canary.known]
UNKNOWN: Final = [canary for canary in CANARIES if not canary.known]

MARKER: Final = re.compile(
    r"\[(?:email|phone|id|card|ip|token|secret|personal|value|result|query|agent|referer|host|url)\]"
)
"""What stands where something was."""

HARMLESS: Final = [
    # As Django, gunicorn, uvicorn, Celery, PostgreSQL, Redis and nginx write them.
    "Watching for file changes with StatReloader",
    "Starting development server at http://localhost:8000/",
    '"GET /protocols/12/ HTTP/1.1" 200 5316',
    "Not Found: /favicon.ico",
    "Forbidden (CSRF token missing.): /protocols/new/",
    "Internal Server Error: /reports/12/pdf/",
    "Invalid HTTP_HOST header: 'lab:8000'. You may need to add 'lab' to ALLOWED_HOSTS.",
    "Applying cases.0007_protocol_status... OK",
    "System check identified no issues (0 silenced).",
    "[2026-11-22 19:23:45 +0000] [4242] [INFO] Starting gunicorn 23.0.0",
    "[2026-11-22 19:23:45 +0000] [4243] [INFO] Booting worker with pid: 4243",
    "[CRITICAL] WORKER TIMEOUT (pid:4243)",
    "Worker (pid:4243) was sent SIGKILL! Perhaps out of memory?",
    "Uvicorn running on socket /run/lab.sock (Press CTRL+C to quit)",
    "Application startup complete.",
    "Task lab.render[550e8400-e29b-41d4-a716-446655440000] received",
    "Task lab.render[550e8400-e29b-41d4-a716-446655440000] succeeded in 0.123456s: None",
    "Task lab.count[550e8400-e29b-41d4-a716-446655440000] succeeded in 1.2e-05s: 42",
    "Task lab.render[550e8400-e29b-41d4-a716-446655440000] retry: Retry in 180s: TimeoutError()",
    "Scheduler: Sending due task nightly (lab.tasks.nightly)",
    "mingle: all alone",
    "consumer: Cannot connect to redis://cache:6379/0: Error 111. Trying again in 2.00 seconds...",
    "missed heartbeat from worker-2",
    "Pool(processes=4) exitcode 155 signal 9 (SIGKILL)",
    'UNIQUE constraint failed: cases_protocol.number',
    'duplicate key value violates unique constraint "cases_protocol_number_key"',
    'relation "cases_sample" does not exist',
    "canceling statement due to statement timeout",
    "deadlock detected DETAIL:  Process 4242 waits for ShareLock on transaction 99123",
    "SELECT a, b FROM cases_protocol WHERE status = %s AND age > 30 ORDER BY id LIMIT 21",
    "UPDATE cases_sample SET status = %s WHERE id IN (%s, %s, %s)",
    "MISCONF Redis is configured to save RDB snapshots",
    "upstream timed out (110: Connection timed out) while reading response header from upstream",
    # What laboratories say.
    "protocol HP-2026-0123 of 3 cassettes, sample 26-00123, block A12",
    "sample S26-004512 embedded, slide 3/12, stain HE, 4 um",
    "work order 2026-000451: 3 items, total 1,234.50 EUR, discount 12.5 %",
    "invoice F-0001-00012345 of 2026-11-22 paid: 15.000,00 ARS",
    "turnaround 3 days 04:12:59, target 5 days",
    "patient 3 of 5 imported",
    "passport photo missing for protocol 12",
    "weight 12.345 kg, temperature 38.5 C, pH 7.35, 1.5e6 cells/ml",
    "coordinates 120.5, 33.25 on slide 7",
    "room 12-34, shelf B-7, freezer -80",
    "lot 20261122, expires 2027-05-31",
    "batch 100 200 300 done",
    "barcode 0012345 printed twice",
    "score 4.5/5 over 1,204 answers",
    "moved 12345 of 67890 rows in 00:01:23.456",
    # Ids, hashes, versions, numbers, times.
    "550e8400-e29b-41d4-a716-446655440000",
    "commit 9c1185a5c5e9fc54612808977ee8f548b2258d31 deployed",
    "image sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "Django 5.2.19, Python 3.11.7, psycopg 3.2.10, v1.2.3.4, lodash@4.17.21",
    "version 1.2.3.4 installed, package==10.20.30.40, Chrome/120.0.0.0, bound to 0.0.0.0",
    "at 1732303425 s, 1732303425123 ms, 1732303425123456 us, 1732303425123456789 ns",
    "2026-11-22T19:23:45.123456+00:00 and 22/11/2026 and 20261122-192345",
    "12:34:56:789, 23:59:59.999, +02:00, GMT+0200",
    "memory 0x7f3a2c001040, pid 12345, fd 17, port 5432, exit code 137",
    "0.1234567890123456 s, 1e-05, -3.25, 99.9 %, 10,000, 10_000, 3 x 4",
    "std::vector<int>, b[::-1], x::y, a ? b : c, what? x=1",
    'File "/srv/lab/cases/views.py", line 42, in get_queryset',
    "C:\\lab\\cases\\views.py:42",
    "src/labotel/policy/scrubbing.py::test_x PASSED [ 12%]",
    "eth0 00:1b:44:11:3a:b7 up, 1000 Mb/s",
    '"GET / HTTP/1.1" 200 5316 1204', "image 640 480 1024, buckets 1024 2048 4096 8192",
    "order OR20261122000451, lot AB12CDEF34567890, serial SN26 0012 3456 7890",
    "3\N{EN DASH}5 days, 1\xa0234,50\xa0EUR, don\u2019t",
    # Words that patterns look for.
    'WWW-Authenticate: Bearer realm="api"; bearer credentials are missing',
    "fax: 2026-11-22 10:00; next visit of patient 2026-11-22",
    "bypass=1 compass=north",
    "Select a valid choice. That choice is not one of the available choices.",
    "password must contain at least 8 characters; password is too common",
    "Token validation failed; basic settings loaded; token type bearer",
    "session expired after 1800 s; author: X; monkey=1; hostname=lab; filename=a.txt",
    "password=None, token=%s, secret=?, api_key=null",
    "address already in use; name 'x' is not defined; tell 3 workers",
    "update user's settings where needed; select 'all' to continue",
    "phone 3 of 5; mobile view 2; fax 12; dni 4 of 9; rut 2026",
    "SSN column dropped; passport 2026 renewal; IBAN field added; NHS 2026 plan",
    "[email] [phone] [secret] [personal] [value] [id] [ip] [token] [card]",
]  # fmt: skip
"""Lines in which nothing may change."""
