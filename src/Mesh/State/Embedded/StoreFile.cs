using System.Globalization;
using Mano.Mesh.Failures;

namespace Mano.Mesh.State.Embedded;

/// <summary>The file of an embedded store from outside its process: copied while it is in use, looked at, put back.</summary>
public static class StoreFile
{
    /// <summary>
    /// Writes one moment of the store, as of now, to a new file, which is a whole store. The process that has it open goes on
    /// undisturbed and notices nothing.
    /// </summary>
    /// <exception cref="FailureException">The file is no store of ours (STORE_SCHEMA, STORE_CORRUPT), or either file cannot be used (STORE_UNAVAILABLE).</exception>
    public static StoreContents Copy(string path, string target)
    {
        using (var source = new SqliteConnection(path, readOnly: true))
        {
            Schema.Check(source, path);
            source.Execute($"VACUUM INTO '{target.Replace("'", "''", StringComparison.Ordinal)}'");
        }

        // SQLite does not sync what it writes by VACUUM INTO.
        using (var written = new FileStream(target, FileMode.Open, FileAccess.ReadWrite))
        {
            written.Flush(flushToDisk: true);
        }

        return Inspect(target);
    }

    /// <summary>Makes sure that the file is a sound store of this version, and says what it holds.</summary>
    /// <exception cref="FailureException">It is not (STORE_SCHEMA, STORE_CORRUPT), or cannot be read (STORE_UNAVAILABLE).</exception>
    public static StoreContents Inspect(string path)
    {
        using var connection = new SqliteConnection(path, readOnly: true);
        Schema.Check(connection, path);
        if (connection.Query("PRAGMA quick_check(1)") is var said && said != "ok")
        {
            throw new Failure(FailureKind.Corrupt, StateFailures.StoreCorrupt, $"The state file {path} is damaged: {said}.", path).ToException();
        }

        return new(
            Schema.Revision(connection.Prepared("SELECT max(seq) FROM history").Number() ?? 0),
            connection.Prepared("SELECT count(*) FROM heads").Number() ?? 0,
            int.Parse(connection.Query("PRAGMA user_version") ?? "0", CultureInfo.InvariantCulture));
    }

    /// <summary>Keeps every process away from the store at this path until disposed; there need not be one.</summary>
    /// <exception cref="FailureException">A process has it open (STORE_LOCKED, naming it).</exception>
    public static IDisposable Lock(string path, TimeProvider clock) => FileLock.Take(Path.GetFullPath(path), clock);
}

/// <summary>What a store holds.</summary>
/// <param name="Revision">The newest commit.</param>
/// <param name="Keys">How many keys have a value.</param>
/// <param name="SchemaVersion">Of the tables.</param>
public sealed record StoreContents(long Revision, long Keys, int SchemaVersion);
