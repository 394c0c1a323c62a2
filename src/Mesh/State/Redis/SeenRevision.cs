namespace Mano.Mesh.State.Redis;

/// <summary>The newest that this process has seen of the store; what a Redis that comes back must not be behind of.</summary>
internal sealed class SeenRevision
{
    private readonly Lock gate = new();
    private long revision;
    private (long Revision, string Commit) proof = (0, "");

    /// <summary>Every call carries this to Redis.</summary>
    public long Revision => Interlocked.Read(ref revision);

    /// <summary>The newest revision of which we know which commit made it: tells a store that went another way since.</summary>
    public (long Revision, string Commit) Proof
    {
        get
        {
            lock (gate)
            {
                return proof;
            }
        }
    }

    public void Saw(long at)
    {
        lock (gate)
        {
            revision = Math.Max(revision, at);
        }
    }

    public void Saw(long at, string commit)
    {
        lock (gate)
        {
            revision = Math.Max(revision, at);
            proof = at > proof.Revision ? (at, commit) : proof;
        }
    }
}
