using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Mano.Packages.Tests;

/// <summary>Makes archives, good ones and bad ones.</summary>
internal sealed class CsarMaker
{
    private readonly List<(string Path, byte[] Content, int Attributes)> _files = [];

    internal CsarMaker With(string path, string content, int attributes = 0) => With(path, Encoding.UTF8.GetBytes(content), attributes);

    internal CsarMaker With(string path, byte[] content, int attributes = 0)
    {
        _files.Add((path, content, attributes));
        return this;
    }

    internal CsarMaker WithMeta(string definitions, string? manifest = "app.mf", string more = "") => With("TOSCA-Metadata/TOSCA.meta",
        $"TOSCA-Meta-File-Version: 1.0\nCSAR-Version: 1.1\nCreated-By: test\nEntry-Definitions: {definitions}\n"
        + (manifest is null ? "" : $"ETSI-Entry-Manifest: {manifest}\n") + more);

    /// <summary>A manifest that vouches for everything added so far.</summary>
    internal CsarMaker WithManifest(string algorithm = "SHA-256", Func<string, string>? change = null)
    {
        var text = new StringBuilder("metadata:\n").Append(Samples.ManifestMetadata);
        foreach (var (path, content, _) in _files)
        {
            var digest = algorithm == "SHA-512" ? SHA512.HashData(content) : SHA256.HashData(content);
            text.Append($"\nSource: {path}\nAlgorithm: {algorithm}\nHash: {Convert.ToHexStringLower(digest)}\n");
        }

        return With("app.mf", change is null ? text.ToString() : change(text.ToString()));
    }

    /// <summary>Another content for a file that is there already: the manifest does not know.</summary>
    internal CsarMaker Replace(string path, string content)
    {
        var index = _files.FindIndex(f => f.Path == path);
        _files[index] = _files[index] with { Content = Encoding.UTF8.GetBytes(content) };
        return this;
    }

    internal List<(string Path, byte[] Content)> Files => [.. _files.Select(f => (f.Path, f.Content))];

    internal byte[] Content(string path) => _files.Single(f => f.Path == path).Content;

    internal MemoryStream Make(CompressionLevel level = CompressionLevel.Fastest)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content, attributes) in _files)
            {
                var entry = zip.CreateEntry(path, level);
                entry.ExternalAttributes = attributes;
                using var writer = entry.Open();
                writer.Write(content);
            }
        }

        stream.Position = 0;
        return stream;
    }
}
