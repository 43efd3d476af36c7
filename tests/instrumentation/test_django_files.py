"""Files in forms and files in answers, by the class of their content's type."""

import textwrap
from collections.abc import Callable

import pytest

from labotel.instrumentation.django.files import kind_of
from labotel.viewer.receiver import Receiver

FILES = """
import io
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse, HttpResponse, HttpResponseNotFound, StreamingHttpResponse
from django.test import Client
from django.urls import path
def attached(kind): return {"Content-Disposition": 'attachment; filename="a"', "Content-Type": kind}
def upload(request):
    return HttpResponse(",".join(str(f.size) for name in request.FILES
                                 for f in request.FILES.getlist(name)))
views = {
    "upload": upload,
    "ignore": lambda r: HttpResponse("ignored"),
    "pdf": lambda r: FileResponse(io.BytesIO(b"%PDF"), as_attachment=True, filename="a.pdf"),
    "shown": lambda r: FileResponse(io.BytesIO(b"GIF"), filename="a.gif"),
    "csv": lambda r: HttpResponse("a,b", headers=attached("text/csv; charset=utf-8")),
    "zip": lambda r: StreamingHttpResponse([b"a", b"b"], headers=attached("application/zip")),
    "inline": lambda r: HttpResponse("a", headers={"Content-Disposition": "inline"}),
    "missing": lambda r: HttpResponseNotFound("none", headers=attached("text/csv")),
    "plain": lambda r: HttpResponse("text"),
}
urlpatterns = [path(f"{name}/", view) for name, view in views.items()]
settings.ROOT_URLCONF = __name__
client = Client(raise_request_exception=False)
def file(kind, content=b"12345"): return SimpleUploadedFile("jane.bin", content, kind)
"""


@pytest.fixture
def run_files(run_django: Callable[..., str]) -> Callable[[str], str]:
    """Run a body where files go in and out."""
    return lambda body: run_django(FILES + textwrap.dedent(body) + "\nlabotel.shutdown()")


def counted(receiver: Receiver, metric: str) -> dict[object, float | None]:
    """What stands at the receiver, by type, but for what never came."""
    assert receiver.store.total("labotel_faults_total") == 0
    assert "jane" not in repr(receiver.points) + repr(receiver.spans) + repr(receiver.logs)
    return {p.attributes["type"]: p.value for p in receiver.points if p.name == metric and p.value}


def test_each_file_of_a_form_is_counted_with_its_size(
    receiver: Receiver, run_files: Callable[[str], str]
) -> None:
    """By what the client declares it to be; fields that are no files are none."""
    run_files("""
        given = {"name": "text", "a": file("application/pdf", b"x" * 2000),
                 "b": [file("image/png"), file("image/JPEG"), file("no such/type;x")]}
        assert client.post("/upload/", given).content == b"2000,5,5,5"
        assert client.post("/upload/", {"name": "text"}).content == b""
        assert client.post("/upload/", {"a": "b"}, "application/json").status_code == 200
        """)
    uploads = counted(receiver, "http_file_uploads_total")
    assert uploads == {"pdf": 1, "image": 2, "other": 1}
    (point,) = [p for p in receiver.points if p.name == "http_file_upload_size_bytes"
                and p.attributes["type"] == "pdf"]  # fmt: skip
    assert (point.count, point.sum) == (1, 2000)


def test_a_form_that_nobody_reads_is_not_parsed(
    receiver: Receiver, run_files: Callable[[str], str]
) -> None:
    """Nor is one counted that Django refuses."""
    run_files("""
        assert client.post("/ignore/", {"a": file("image/png")}).content == b"ignored"
        settings.DATA_UPLOAD_MAX_NUMBER_FILES = 1
        given = {"a": [file("image/png"), file("image/png")]}
        assert client.post("/upload/", given).status_code == 400
        """)
    assert counted(receiver, "http_file_uploads_total") == {}


def test_a_file_that_goes_out_is_counted_by_its_type(
    receiver: Receiver, run_files: Callable[[str], str]
) -> None:
    """FileResponse, and whatever else is to be saved; an error is no file, nor is a page."""
    run_files("""
        for name in views:
            response = client.get(f"/{name}/")
            b"".join(response)
        b"".join(client.get("/pdf/"))
        """)
    downloads = counted(receiver, "http_file_downloads_total")
    assert downloads == {"pdf": 2, "image": 1, "text": 1, "archive": 1}


def test_an_answer_counts_once_and_none_to_head(
    receiver: Receiver, run_files: Callable[[str], str]
) -> None:
    """However often it is closed; HEAD asks for no file."""
    run_files("""
        client.head("/pdf/").close()
        client.head("/csv/").close()
        response = client.get("/csv/")
        response.close()
        response.close()
        """)
    assert counted(receiver, "http_file_downloads_total") == {"text": 1}


def test_asynchronous_views_count_the_same(
    receiver: Receiver, run_files: Callable[[str], str]
) -> None:
    """Through Django's ASGI handler, which closes an answer in a thread."""
    run_files("""
        import asyncio
        from django.test import AsyncClient
        async def csv(request):
            return HttpResponse("a,b", headers=attached("text/csv"))
        async def taken(request):
            return HttpResponse(len(request.FILES))
        urlpatterns += [path("acsv/", csv), path("aupload/", taken)]
        async def main():
            client = AsyncClient()
            await client.get("/acsv/")
            await client.post("/aupload/", {"a": file("application/zip")})
        asyncio.run(main())
        """)
    assert counted(receiver, "http_file_downloads_total") == {"text": 1}
    assert counted(receiver, "http_file_uploads_total") == {"archive": 1}


def test_disconnecting_gives_both_classes_their_own_back(
    receiver: Receiver, run_files: Callable[[str], str]
) -> None:
    """The same methods that stood there; connected again, files are counted again."""
    run_files("""
        from django.http.multipartparser import MultiPartParser
        from django.http.response import HttpResponseBase
        wrapped = MultiPartParser.parse, HttpResponseBase.close
        labotel.shutdown()
        own = MultiPartParser.parse, HttpResponseBase.close
        assert own == tuple(method.__wrapped__ for method in wrapped)
        client.get("/csv/")
        labotel.configure(catalogs=[catalog])
        client.get("/csv/")
        """)
    assert counted(receiver, "http_file_downloads_total") == {"text": 1}


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        ("image/png", "image"), ("IMAGE/svg+xml ; x=1", "image"), ("audio/ogg", "audio"),
        ("video/mp4", "video"), ("text/plain", "text"), ("application/json", "text"),
        ("application/pdf", "pdf"), ("application/zip", "archive"),
        ("application/x-tar", "archive"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "office"),
        ("application/msword", "office"), ("application/octet-stream", "other"), ("", "other"),
        (None, "other"), (b"image/png", "other"), ("image", "image"), ("x" * 10**6, "other"),
        ("application/" + "a" * 10**6, "other"), ("\x00\n/\r", "other"),
    ],
)  # fmt: skip
def test_a_content_type_is_one_of_eight_classes(content_type: object, kind: str) -> None:
    """Whatever a client puts there, as RFC 9110 has it: case and parameters do not matter."""
    assert kind_of(content_type) == kind
