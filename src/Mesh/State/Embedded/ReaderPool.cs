using System.Collections.Concurrent;

namespace Mano.Mesh.State.Embedded;

/// <summary>Read-only connections, as many as there are readers at once; a read is microseconds, so it runs on the caller's thread.</summary>
internal sealed class ReaderPool(string path) : IDisposable
{
    private readonly ConcurrentBag<SqliteConnection> idle = [];
    private volatile bool closed;

    /// <summary>One statement: consistent by itself.</summary>
    public T Read<TAsk, T>(TAsk ask, Func<SqliteConnection, TAsk, T> read)
    {
        ObjectDisposedException.ThrowIf(closed, typeof(IStateStore));
        if (!idle.TryTake(out var connection))
        {
            connection = Open();
        }

        try
        {
            var result = read(connection, ask);
            GiveBack(connection);
            return result;
        }
        catch
        {
            // A statement may be half-way through; the connection is not worth saving.
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Several statements that see the same moment.</summary>
    public T ReadConsistently<TAsk, T>(TAsk ask, Func<SqliteConnection, TAsk, T> read) =>
        Read((ask, read), static (connection, both) =>
        {
            connection.Prepared("BEGIN").Run();
            var result = both.read(connection, both.ask);
            connection.Prepared("COMMIT").Run();
            return result;
        });

    public void Dispose()
    {
        closed = true;
        while (idle.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(path, readOnly: true);
        connection.Execute("PRAGMA cache_size=-2000");
        return connection;
    }

    private void GiveBack(SqliteConnection connection)
    {
        idle.Add(connection);
        if (closed)
        {
            Dispose();
        }
    }
}
