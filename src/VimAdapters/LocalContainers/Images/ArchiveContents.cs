using System.Formats.Tar;
using System.Text.Json;

namespace Mano.VimAdapters.LocalContainers.Images;

/// <summary>Thrown when an archive is no image that can be loaded here; the message is the sentence for people.</summary>
internal sealed class ArchiveRefusedException(string message) : Exception(message);

/// <summary>What an image archive holds: the names of its files, and its small JSON documents. The archive is untrusted.</summary>
internal sealed class ArchiveContents
{
    // A manifest or a configuration has some kilobytes; an index of many platforms some tens.
    private const int MaxDocumentBytes = 4 << 20;
    private const int MaxDocumentsBytes = 32 << 20;
    private const int MaxEntries = 100_000;

    private readonly Dictionary<string, byte[]> documents = new(StringComparer.Ordinal);
    private readonly HashSet<string> files = new(StringComparer.Ordinal);

    public bool Has(string file) => files.Contains(file);

    public byte[]? Document(string file) => documents.GetValueOrDefault(file);

    /// <summary>Reads a JSON document of the archive.</summary>
    public JsonElement Json(string file)
    {
        var bytes = Document(file) ?? throw new ArchiveRefusedException(Has(file) ? $"'{file}' in it is no JSON document." : $"It names '{Short(file)}' and does not hold it.");
        try
        {
            return JsonDocument.Parse(bytes).RootElement;
        }
        catch (JsonException e)
        {
            throw new ArchiveRefusedException($"'{Short(file)}' in it cannot be read: {e.Message}");
        }
    }

    /// <summary>Reads through the archive once.</summary>
    public static async Task<ArchiveContents> ReadAsync(Stream archive, CancellationToken cancellationToken)
    {
        var contents = new ArchiveContents();
        var room = MaxDocumentsBytes;
        var entries = 0;
        try
        {
            await using var reader = new TarReader(archive, leaveOpen: true);
            while (await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            {
                if (++entries > MaxEntries)
                {
                    throw new ArchiveRefusedException($"It has more than {MaxEntries} entries.");
                }

                var name = NormalName(entry.Name);
                if (entry.EntryType is TarEntryType.SymbolicLink or TarEntryType.HardLink)
                {
                    // Older docker versions save a layer that occurs twice as a link to the first.
                    contents.files.Add(name);
                }
                else if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
                {
                    contents.files.Add(name);
                    if (entry.Length <= Math.Min(room, MaxDocumentBytes) && await DocumentAsync(entry, cancellationToken) is { } document)
                    {
                        contents.documents[name] = document;
                        room -= document.Length;
                    }
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or EndOfStreamException or ArgumentException)
        {
            throw new ArchiveRefusedException($"It is no tar archive: {e.Message}");
        }

        return contents;
    }

    /// <summary>A name without leading <c>./</c>.</summary>
    public static string NormalName(string name) => name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;

    private static async Task<byte[]?> DocumentAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        if (entry.DataStream is not { } data || data.ReadByte() is var first && first is not ('{' or '['))
        {
            return null;
        }

        var document = new byte[entry.Length];
        document[0] = (byte)first;
        await data.ReadExactlyAsync(document.AsMemory(1), cancellationToken);
        return document;
    }

    private static string Short(string name) => name.Length <= 120 ? name : name[..120] + "…";
}
