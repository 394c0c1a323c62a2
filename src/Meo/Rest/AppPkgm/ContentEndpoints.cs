using System.Net.Mime;
using Mano.Meo.Northbound;
using Mano.Meo.Onboarding;
using Mano.Mesh.Failures;
using Mano.Mesh.Rest;
using Microsoft.AspNetCore.Http;

namespace Mano.Meo.Rest.AppPkgm;

/// <summary>MEC 010-2 clauses 7.3.7 and 7.3.8: what a package contains, up and down.</summary>
internal sealed class ContentEndpoints(NamedPackages named, PackageUploads uploads, ArtifactDownloads artifacts, IdempotencyKeys keys)
{
    private const string Zip = "application/zip";
    private const string Bytes = "application/octet-stream";

    /// <summary>A package, or a descriptor alone: what it is, is seen in it.</summary>
    private static readonly string[] Taken = [Zip, Bytes, RestExchange.Json, "application/yaml", "application/x-yaml", "text/yaml", "text/plain"];

    public void Map(RestRoutes routes)
    {
        foreach (var tree in NamedPackages.Trees)
        {
            routes.Get(tree + NamedPackages.One + "/package_content", GetContent);
            routes.Put(tree + NamedPackages.One + "/package_content", PutContent);
        }
    }

    private async Task GetContent(HttpContext context)
    {
        if (context.Taken(Zip, Bytes) is null)
        {
            // The conformance suite (PKGM_012_BR) calls a wish for another type malformed, where every other resource answers 406.
            throw Failure.InvalidInput("BAD_ACCEPT", context.NoneTaken(Zip, Bytes), "Accept").ToException();
        }

        var content = (await named.View(context)).Value.Contained;
        await using var file = await artifacts.Open(content.Sha256, fetch: true, context.RequestAborted);
        var head = new byte[2];
        var isZip = await file.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false, context.RequestAborted) == 2 && head is [(byte)'P', (byte)'K'];
        context.Response.Headers.ContentDisposition = new ContentDisposition { FileName = SafeName(content.FileName) }.ToString();
        await RangeTransfer.Send(context, file, isZip ? Zip : Bytes, $"\"{content.Sha256}\"");
    }

    /// <summary>
    /// 202 when the content has been judged: a client that looks finds the package ONBOARDED at once, and one whose package is refused
    /// learns every fault here, and from then on in onboardingFailureDetails.
    /// </summary>
    private async Task PutContent(HttpContext context)
    {
        var package = (await named.View(context)).Value.Record;
        var part = UploadPart.Of(context.Request);
        if (part is not { IsQuestion: true })
        {
            context.RequireContentType(Taken);
        }

        if ((part?.Total ?? context.Request.ContentLength) is { } total && total > uploads.MostBytes)
        {
            throw Failure.InvalidInput(RestFailures.TooLarge, $"The content has {total} bytes; a package may have {uploads.MostBytes} here.").ToException();
        }

        context.AllowBytes(null);
        var header = new UploadHeader(package.AppPkgId, package.Announced?.Name ?? "the upload", Sha256Of(package)) { Offset = part?.From ?? 0 };
        if (part is not null && header.Sha256 is null)
        {
            throw Failure.InvalidInput("CONTENT_RANGE", "An upload in parts is put together by the SHA-256 of the whole; announce the package with its checksum of that algorithm, or send it in one piece.").ToException();
        }

        if (part is null or { IsLast: true })
        {
            await PutWhole(context, header, part);
            return;
        }

        var here = part.IsQuestion
            ? await uploads.Offset(Tenants.Default, header.AppPkgId, header.Sha256!, context.RequestAborted)
            : await uploads.Part(Tenants.Default, header, part.Exactly(Chunks(context)), context.RequestAborted);
        part.Answer(context.Response, here.Value);
    }

    private async Task PutWhole(HttpContext context, UploadHeader header, UploadPart? last)
    {
        // As over gRPC, the key stands for whose content it is: what it is, the package's checksum says.
        var chunks = last?.Exactly(Chunks(context)) ?? Chunks(context);
        _ = (await keys.Once(
            context.Key(),
            again: known => Task.FromResult<Outcome<string>>(known.Subject),
            first: async use => (await uploads.Upload(Tenants.Default, header, chunks, use, context.RequestAborted)).Then<string>(record => record.AppPkgId),
            context.RequestAborted)).Value;
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    /// <summary>Null unless it is one: what was announced is text until the content proves it.</summary>
    private static string? Sha256Of(PackageRecord package) =>
        package.Announced?.Checksum is { Hash: { Length: 64 } hash } said && hash.All(char.IsAsciiHexDigit) && PackageChecksum.Known(said.Algorithm) == PackageChecksum.Sha256
            ? hash.ToLowerInvariant()
            : null;

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Chunks(HttpContext context)
    {
        var buffer = new byte[128 * 1024];
        for (int read; (read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0;)
        {
            yield return buffer.AsMemory(0, read);
        }
    }

    private static string SafeName(string name) => new([.. Path.GetFileName(name).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_')]);
}
