using System.Formats.Tar;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Mano.Cli.Terminal;
using Mano.Mesh.State.Embedded;

namespace Mano.Cli.Stores;

/// <summary>
/// Puts a backup back: unpacked beside its place, checked file by file, then moved in, the store last. A restore that is
/// interrupted leaves the state that was there, or the whole backup.
/// </summary>
internal static class StoreRestore
{
    /// <summary>What SQLite keeps beside a store that was not closed.</summary>
    private static readonly string[] Logs = ["-wal", "-shm"];

    public static async Task<RestoreDocument> RunAsync(string file, string data, string? packages, bool replace, TimeProvider clock, CancellationToken stop)
    {
        Directory.CreateDirectory(data);
        var staging = Directory.CreateDirectory(Path.Combine(data, $".restore-{Path.GetRandomFileName()}")).FullName;
        try
        {
            var manifest = await UnpackAsync(file, staging, stop);
            var folder = StoreFolder.At(data, packages, manifest.Store);
            using var alone = StoreFile.Lock(folder.Database, clock);
            if (File.Exists(folder.Database) && !replace)
            {
                throw Sentences.Usage($"{folder.Database} is there already; with --replace it is moved aside.", folder.Database);
            }

            MoveBlobs(staging, folder);
            MoveKey(staging, folder, clock);
            return new(manifest, MoveStore(staging, folder, clock));
        }
        finally
        {
            Directory.Delete(staging, recursive: true);
        }
    }

    private static async Task<StoreManifest> UnpackAsync(string file, string staging, CancellationToken stop)
    {
        StoreManifest? manifest = null;
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var input = new FileStream(file, FileMode.Open, FileAccess.Read);
        await using var tar = new TarReader(input);
        try
        {
            while (await tar.GetNextEntryAsync(copyData: false, stop) is { } entry)
            {
                if (entry.Name == StoreBackup.Manifest)
                {
                    manifest = await JsonSerializer.DeserializeAsync(entry.DataStream!, StoreJson.Default.StoreManifest, stop);
                }
                else
                {
                    found[entry.Name] = await ExtractAsync(entry, Path.Combine(staging, NameInStaging(entry, file)), stop);
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or JsonException)
        {
            throw NotWhole(file, e.Message);
        }

        Check(file, manifest ?? throw NotWhole(file, "it has no manifest at its end"), found);
        StoreFile.Inspect(Path.Combine(staging, StoreBackup.Database));
        return manifest;
    }

    private static void Check(string file, StoreManifest manifest, Dictionary<string, string> found)
    {
        foreach (var (name, digest) in manifest.Files)
        {
            if (!found.Remove(name, out var is_) || is_ != digest)
            {
                throw NotWhole(file, $"{name} is missing or is not what was backed up");
            }
        }

        if (found.Count > 0 || !manifest.Files.ContainsKey(StoreBackup.Database))
        {
            throw NotWhole(file, "its manifest does not name its files");
        }
    }

    /// <summary>The store, the key, or a blob by its digest; nothing else, and nowhere else.</summary>
    private static string NameInStaging(TarEntry entry, string file)
    {
        var digest = entry.Name.StartsWith(StoreBackup.Blobs, StringComparison.Ordinal) ? entry.Name[StoreBackup.Blobs.Length..] : "";
        return entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile
            && (entry.Name is StoreBackup.Database or StoreBackup.Key || (digest.Length == 64 && digest.All(char.IsAsciiHexDigitLower)))
            ? Path.GetFileName(entry.Name)
            : throw NotWhole(file, $"'{entry.Name}' has no place in a backup");
    }

    private static async Task<string> ExtractAsync(TarEntry entry, string path, CancellationToken stop)
    {
        await using var output = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite);
        await (entry.DataStream?.CopyToAsync(output, stop) ?? Task.CompletedTask);
        output.Flush(flushToDisk: true);
        output.Position = 0;
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(output, stop));
    }

    private static void MoveBlobs(string staging, StoreFolder folder)
    {
        foreach (var blob in Directory.EnumerateFiles(staging).Where(f => Path.GetFileName(f) is not (StoreBackup.Database or StoreBackup.Key)))
        {
            var digest = Path.GetFileName(blob);
            var place = Directory.CreateDirectory(Path.Combine(folder.Blobs!, digest[..2])).FullName;
            var target = Path.Combine(place, digest);
            if (!File.Exists(target))
            {
                File.Copy(blob, $"{target}.restored");
                File.Move($"{target}.restored", target);
            }
        }
    }

    /// <summary>Before the store that needs it; one that is there is moved aside, for its own store is too.</summary>
    private static void MoveKey(string staging, StoreFolder folder, TimeProvider clock)
    {
        var key = Path.Combine(staging, StoreBackup.Key);
        if (!File.Exists(key) || folder.Key is null)
        {
            return;
        }

        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (File.Exists(folder.Key))
        {
            File.Move(folder.Key, string.Create(CultureInfo.InvariantCulture, $"{folder.Key}.before-restore-{clock.GetUtcNow():yyyyMMddTHHmmssZ}"));
        }

        File.Move(key, folder.Key);
    }

    /// <summary>The old store with its log goes first, as one: a log of another store beside the new one would be taken for its own.</summary>
    private static string? MoveStore(string staging, StoreFolder folder, TimeProvider clock)
    {
        string? aside = null;
        if (File.Exists(folder.Database))
        {
            aside = string.Create(CultureInfo.InvariantCulture, $"{folder.Database}.before-restore-{clock.GetUtcNow():yyyyMMddTHHmmssZ}");
            File.Move(folder.Database, aside);
            foreach (var suffix in Logs.Where(s => File.Exists(folder.Database + s)))
            {
                File.Move(folder.Database + suffix, aside + suffix);
            }
        }

        File.Move(Path.Combine(staging, StoreBackup.Database), folder.Database);
        return aside;
    }

    private static Mesh.Failures.FailureException NotWhole(string file, string why) =>
        Sentences.Usage($"{file} is not a whole backup: {why}.", file);
}
