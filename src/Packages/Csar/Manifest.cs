using Mano.Packages.Documents;

namespace Mano.Packages.Csar;

/// <summary>A manifest (SOL004 §4.3.2): metadata, one source per file with its digest, maybe CMS signatures.</summary>
/// <param name="Text">The whole.</param>
/// <param name="Signatures">Where in the text each signature begins, with its line.</param>
internal sealed record Manifest(
    IReadOnlyDictionary<string, (string Value, int Line)> Metadata, IReadOnlyList<ManifestSource> Sources, string Text,
    IReadOnlyList<(int Offset, int Line)> Signatures)
{
    private const string Begin = "-----BEGIN CMS";

    /// <summary>All before the first signature: what the signatures sign, and all that counts.</summary>
    internal string SignedText => Signatures.Count == 0 ? Text : Text[..Signatures[0].Offset];

    internal static Manifest Read(string text, Place at, FaultList faults)
    {
        var metadata = new Dictionary<string, (string, int)>(StringComparer.OrdinalIgnoreCase);
        var sources = new List<ManifestSource>();
        var inMetadata = false;
        var inSignature = false;
        var signatures = new List<(int, int)>();
        var offset = 0;
        var line = 0;
        foreach (var raw in text.Split('\n'))
        {
            line++;
            var content = raw.Trim();
            if (content.StartsWith(Begin, StringComparison.Ordinal))
            {
                signatures.Add((offset, line));
            }

            offset += raw.Length + 1;
            inSignature = (inSignature || content.StartsWith("-----BEGIN", StringComparison.Ordinal)) && !content.StartsWith("-----END", StringComparison.Ordinal);
            var colon = content.IndexOf(':', StringComparison.Ordinal);
            if (inSignature || colon <= 0 || content[0] is '#' or '-')
            {
                continue;
            }

            if (signatures.Count > 0)
            {
                faults.Error("after-signature", at with { Line = line }, "The line stands after the signature, which does not cover it; put everything before the signature and sign again.");
                continue;
            }

            var (key, value) = (content[..colon].Trim(), content[(colon + 1)..].Trim());
            var place = at with { Line = line };
            switch (key.ToUpperInvariant())
            {
                case "METADATA":
                    inMetadata = true;
                    break;
                case "SOURCE":
                    inMetadata = false;
                    sources.Add(new(value, null, null, place with { Path = $"Source: {value}" }));
                    break;
                case "ALGORITHM" when sources.Count > 0 && !inMetadata:
                    sources[^1] = sources[^1] with { Algorithm = value };
                    break;
                case "HASH" when sources.Count > 0 && !inMetadata:
                    sources[^1] = sources[^1] with { Hash = value };
                    break;
                case "SIGNATURE" when sources.Count > 0 && !inMetadata:
                    sources[^1] = sources[^1] with { Signature = value };
                    break;
                case "CERTIFICATE" when sources.Count > 0 && !inMetadata:
                    sources[^1] = sources[^1] with { Certificate = value };
                    break;
                case "NON_MANO_ARTIFACT_SETS":
                    inMetadata = false;
                    break;
                default:
                    if (inMetadata && !metadata.TryAdd(key, (value, line)))
                    {
                        faults.Error("duplicate-key", place with { Path = $"metadata.{key}" }, $"The key {key} stands here twice; keep one of them.");
                    }

                    break;
            }
        }

        return new(metadata, sources, text, signatures);
    }
}

/// <summary>One file a manifest vouches for.</summary>
internal sealed record ManifestSource(string Path, string? Algorithm, string? Hash, Place At)
{
    /// <summary>Path of the file's own signature (a detached CMS), if it has one.</summary>
    internal string? Signature { get; init; }

    /// <summary>Path of the certificate that goes with <see cref="Signature"/>, if it is not inside.</summary>
    internal string? Certificate { get; init; }
}
