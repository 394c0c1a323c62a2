using System.Text;

namespace Mano.Packages.Documents;

/// <summary>Reads a JSON or YAML text into one tree, within bounds, telling every fault it meets.</summary>
internal static class DocumentReader
{
    /// <returns>The root, or null when the text cannot be read; the reason is then among the faults.</returns>
    internal static Node? Read(ReadOnlySpan<byte> content, string file, PackageLimits limits, FaultList faults)
    {
        var at = new Place(file, "", 0);
        if (content.Length > limits.MaxDescriptorBytes)
        {
            faults.Error("too-large", at, $"The document has {content.Length} bytes; at most {limits.MaxDescriptorBytes} are read.");
            return null;
        }

        var text = Decode(content, at, faults);
        if (text is null)
        {
            return null;
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            faults.Error("unreadable", at, "The document is empty; an application descriptor in JSON or YAML was expected.");
            return null;
        }

        return text.AsSpan().TrimStart()[0] is '{' or '['
            ? JsonDocumentReader.Read(Encoding.UTF8.GetBytes(text), at, limits, faults)
            : YamlDocumentReader.Read(text, at, limits, faults);
    }

    internal static string? Decode(ReadOnlySpan<byte> content, Place at, FaultList faults)
    {
        if (content.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            content = content[3..];
        }

        if (content.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || content.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            faults.Error("unreadable", at, "The text is UTF-16, as some editors save it; save it as UTF-8.");
            return null;
        }

        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content);
        }
        catch (DecoderFallbackException e)
        {
            faults.Error("unreadable", at, $"The text is not UTF-8: byte {e.Index} begins no character. Save it as UTF-8.");
            return null;
        }
    }
}
