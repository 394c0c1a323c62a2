using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using Mano.Cli.Terminal;
using Mano.Mesh.State.Embedded;

namespace Mano.Cli.Stores;

/// <summary>
/// Writes a backup: <c>store.db</c>, the contents of packages under <c>blobs/</c>, and <c>manifest.json</c> last; the key to the credentials in a
/// MEPM's store only when that is asked for, because whoever has both has them in plain. The store is
/// copied first, so that every package it knows has its contents unless that was deleted in these very seconds.
/// </summary>
internal static class StoreBackup
{
    public const string Database = "store.db";
    public const string Blobs = "blobs/";
    public const string Manifest = "manifest.json";
    public const string Key = "mepm.key";

    public static async Task<StoreManifest> WriteAsync(StoreFolder folder, string file, bool withKey, TimeProvider clock, CancellationToken stop)
    {
        if (Path.Exists(file))
        {
            throw Sentences.Usage($"{file} is there already; a backup is never written over another.", file);
        }

        if (withKey && !File.Exists(folder.Key))
        {
            throw Sentences.Usage(folder.Key is null
                ? $"--with-key: the store of a {folder.Store} has no key."
                : $"--with-key: there is no {folder.Key}; a key that the MEPM is given elsewhere is kept where it comes from.", "--with-key");
        }

        var (copy, unfinished) = ($"{file}.{Database}", $"{file}.unfinished");
        Remove(copy, unfinished);
        try
        {
            var takenAt = clock.GetUtcNow();
            var contents = StoreFile.Copy(folder.Database, copy);
            var manifest = await WriteAsync(unfinished, folder, copy, withKey ? folder.Key : null, new(folder.Store, takenAt, contents, new SortedDictionary<string, string>(StringComparer.Ordinal)), stop);
            File.Move(unfinished, file);
            return manifest;
        }
        finally
        {
            Remove(copy, unfinished);
        }
    }

    private static async Task<StoreManifest> WriteAsync(
        string file, StoreFolder folder, string copy, string? key, StoreManifest manifest, CancellationToken stop)
    {
        var digests = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await using var output = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        await using (var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true))
        {
            await AddAsync(tar, digests, Database, copy, stop);
            foreach (var blob in BlobsOf(folder))
            {
                await AddAsync(tar, digests, Blobs + Path.GetFileName(blob), blob, stop);
            }

            if (key is not null)
            {
                await AddAsync(tar, digests, Key, key, stop);
            }

            manifest = manifest with { Files = digests };
            using var json = new MemoryStream(Encoding.UTF8.GetBytes(Documents.Of(manifest, StoreJson.Default.StoreManifest)));
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, Manifest) { DataStream = json }, stop);
        }

        output.Flush(flushToDisk: true);
        return manifest;
    }

    private static IEnumerable<string> BlobsOf(StoreFolder folder) => folder.Blobs is { } blobs && Directory.Exists(blobs)
        ? Directory.EnumerateFiles(blobs, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        : Enumerable.Empty<string>();

    private static async Task AddAsync(TarWriter tar, SortedDictionary<string, string> digests, string name, string path, CancellationToken stop)
    {
        try
        {
            await using var data = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            digests[name] = Convert.ToHexStringLower(await SHA256.HashDataAsync(data, stop));
            data.Position = 0;
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = data }, stop);
        }
        catch (FileNotFoundException) when (name != Database)
        {
            // Its package was deleted this very moment.
        }
    }

    private static void Remove(params string[] files)
    {
        foreach (var file in files)
        {
            File.Delete(file);
        }
    }
}
