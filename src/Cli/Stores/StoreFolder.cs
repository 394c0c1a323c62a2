using Mano.Cli.Terminal;

namespace Mano.Cli.Stores;

/// <summary>Where a process keeps its state.</summary>
/// <param name="Store">"meo", "mepm" or "platform".</param>
/// <param name="Database">The store's file.</param>
/// <param name="Blobs">Contents of packages; of a MEO alone, and it may be missing.</param>
internal sealed record StoreFolder(string Store, string Database, string? Blobs)
{
    /// <summary>
    /// Where a MEPM keeps the key to the credentials in its store, unless it was given one elsewhere; null for the others.
    /// </summary>
    public string? Key => Store == "mepm" ? Path.Combine(Path.GetDirectoryName(Database)!, "mepm.key") : null;

    private static readonly string[] Stores = ["meo", "mepm", "platform"];

    /// <summary>The store in a folder.</summary>
    public static StoreFolder Open(string data, string? packages) =>
        Stores.Where(s => File.Exists(Path.Combine(data, $"{s}.db"))).ToArray() switch
        {
            [var one] => At(data, packages, one),
            [] => throw Sentences.Usage($"{data} holds no meo.db, mepm.db or platform.db: name the folder that the process is given with --data.", data),
            var several => throw Sentences.Usage($"{data} holds the stores of several processes ({string.Join(", ", several)}); each needs a folder of its own.", data),
        };

    /// <summary>Where a store of this name is, or will be.</summary>
    public static StoreFolder At(string data, string? packages, string store) => new(
        store, Path.Combine(data, $"{store}.db"), store == "meo" ? Path.Combine(packages ?? Path.Combine(data, "packages"), "blobs") : null);
}
