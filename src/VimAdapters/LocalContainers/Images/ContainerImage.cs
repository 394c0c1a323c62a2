using System.Security.Cryptography;
using System.Text.Json;

namespace Mano.VimAdapters.LocalContainers.Images;

/// <summary>The one image of an archive, in either layout: where its configuration and layers lie.</summary>
/// <param name="Config">The configuration's file.</param>
/// <param name="Layers">The layers' files, the lowest first.</param>
/// <param name="EngineId">What the engine will call the image: the digest of its configuration.</param>
internal sealed record ContainerImage(string Config, IReadOnlyList<string> Layers, string EngineId)
{
    /// <summary>Finds the image: <c>manifest.json</c> of docker archives first, else the index of an OCI layout.</summary>
    /// <param name="contents">The archive.</param>
    /// <param name="architecture">What the engine runs, as images spell it: amd64, arm64.</param>
    public static ContainerImage Find(ArchiveContents contents, string architecture)
    {
        try
        {
            var (config, layers) = contents.Has("manifest.json") ? FromDocker(contents)
                : contents.Has("index.json") ? FromOci(contents, architecture)
                : throw new ArchiveRefusedException("It has neither manifest.json (docker save) nor index.json (OCI layout), so it is no container image archive.");
            foreach (var layer in layers.Where(l => !contents.Has(l)))
            {
                throw new ArchiveRefusedException($"It names the layer '{layer}' and does not hold it.");
            }

            CheckPlatform(contents.Json(config), architecture);
            return new(config, layers, "sha256:" + Convert.ToHexStringLower(SHA256.HashData(contents.Document(config)!)));
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or JsonException)
        {
            throw new ArchiveRefusedException($"Its manifest is not what a container image's must be: {e.Message}");
        }
    }

    private static (string Config, IReadOnlyList<string> Layers) FromDocker(ArchiveContents contents)
    {
        var images = contents.Json("manifest.json");
        if (images.GetArrayLength() != 1)
        {
            throw new ArchiveRefusedException($"It holds {images.GetArrayLength()} images; save exactly one.");
        }

        return (Text(images[0].GetProperty(nameof(DockerManifest.Config))), [.. images[0].GetProperty(nameof(DockerManifest.Layers)).EnumerateArray().Select(Text)]);
    }

    private static (string Config, IReadOnlyList<string> Layers) FromOci(ArchiveContents contents, string architecture)
    {
        var manifest = contents.Json("index.json");
        for (var depth = 0; manifest.TryGetProperty("manifests", out var candidates); depth++)
        {
            if (depth > 3)
            {
                throw new ArchiveRefusedException("Its index leads to an index over and over.");
            }

            manifest = contents.Json(Blob(Choose(candidates, architecture)));
        }

        var layers = manifest.GetProperty("layers").EnumerateArray().ToArray();
        if (layers.FirstOrDefault(l => Text(l.GetProperty("mediaType")).EndsWith("zstd", StringComparison.Ordinal)) is { ValueKind: JsonValueKind.Object })
        {
            throw new ArchiveRefusedException("Its layers are compressed with zstd, which not every engine reads; export it with gzip.");
        }

        return (Blob(manifest.GetProperty("config")), [.. layers.Select(Blob)]);
    }

    private static JsonElement Choose(JsonElement candidates, string architecture)
    {
        var platforms = candidates.EnumerateArray().Select(c => (Manifest: c, Platform: PlatformOf(c))).ToArray();
        // Build attestations are listed as images for an unknown platform.
        var images = platforms.Where(p => p.Platform != "unknown/unknown").ToArray();
        var fitting = images.Where(p => p.Platform is null || p.Platform == $"linux/{architecture}").ToArray();
        return fitting.Length switch
        {
            1 => fitting[0].Manifest,
            0 => throw new ArchiveRefusedException($"It has no image for linux/{architecture}; it has {string.Join(", ", images.Select(i => i.Platform))}."),
            _ => throw new ArchiveRefusedException($"It holds {fitting.Length} images for linux/{architecture}; save exactly one."),
        };
    }

    private static string? PlatformOf(JsonElement candidate) =>
        candidate.TryGetProperty("platform", out var platform) ? $"{Text(platform.GetProperty("os"))}/{Text(platform.GetProperty("architecture"))}" : null;

    private static string Blob(JsonElement descriptor)
    {
        var digest = Text(descriptor.GetProperty("digest"));
        return digest.StartsWith("sha256:", StringComparison.Ordinal)
            ? "blobs/sha256/" + digest["sha256:".Length..]
            : throw new ArchiveRefusedException($"It names the blob '{digest}'; sha256 is the digest that is known here.");
    }

    private static void CheckPlatform(JsonElement config, string architecture)
    {
        var (os, built) = (Text(config.GetProperty("os")), Text(config.GetProperty("architecture")));
        if (os != "linux" || (architecture.Length > 0 && built != architecture))
        {
            throw new ArchiveRefusedException($"It is an image for {os}/{built}; this engine runs linux/{architecture}.");
        }
    }

    private static string Text(JsonElement element) => element.GetString() ?? throw new InvalidOperationException("a value is missing");
}
