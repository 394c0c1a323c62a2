using System.Formats.Tar;
using System.Net;
using System.Text.Json;

namespace Mano.VimAdapters.LocalContainers.Images;

/// <summary>
/// An image archive as the engine is given it: its own blobs, and a manifest of ours. So both layouts load on engines that
/// know one only, and the name the package's author gave it does not take that name from somebody else's image.
/// </summary>
internal sealed class RetaggedArchive(Stream archive, ContainerImage image, string tag) : HttpContent
{
    private static readonly string[] Replaced = ["manifest.json", "repositories", "index.json", "oci-layout"];

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var writer = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
        await using var reader = new TarReader(archive, leaveOpen: true);
        while (await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            if (!Replaced.Contains(ArchiveContents.NormalName(entry.Name)))
            {
                await writer.WriteEntryAsync(entry, cancellationToken);
            }
        }

        await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "manifest.json") { DataStream = new MemoryStream(Manifest()) }, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private byte[] Manifest() => JsonSerializer.SerializeToUtf8Bytes(
        [new DockerManifest(image.Config, [tag], image.Layers)], LocalContainersJson.Default.DockerManifestArray);
}

/// <summary>An image in the <c>manifest.json</c> of a docker archive.</summary>
internal sealed record DockerManifest(string Config, IReadOnlyList<string> RepoTags, IReadOnlyList<string> Layers);
