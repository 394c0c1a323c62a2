using System.Text.Json;
using Mano.Meo.Placement;

namespace Mano.Meo.Inventory;

/// <summary>The live holder of one site: swaps its model, keeps its health. Changes of the model take turns.</summary>
#pragma warning disable CA1001 // a SemaphoreSlim whose wait handle nobody asks for holds nothing to dispose of
internal sealed class KnownSite
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Lock healthGate = new();
    private DateTimeOffset lastHeartbeat;

    /// <summary>Null until the first registration succeeded.</summary>
    public SiteModel? Model { get; set; }

    /// <summary>Version of the stored model; 0 while nothing is stored.</summary>
    public long Version { get; set; }

    /// <summary>The model as it is stored.</summary>
    public byte[] Stored { get; set; } = [];

    public SiteHealth Health { get; set; } = SiteHealth.Left;

    public DateTimeOffset LastHeartbeat
    {
        get
        {
            lock (healthGate)
            {
                return lastHeartbeat;
            }
        }
    }

    public void Take(SiteModel model, long version, DateTimeOffset now)
    {
        Model = model;
        Version = version;
        Stored = JsonSerializer.SerializeToUtf8Bytes(model, InventoryJson.Default.SiteModel);
        Heard(now);
        Health = model.Left ? SiteHealth.Left : SiteHealth.Alive;
    }

    public void Heard(DateTimeOffset now)
    {
        lock (healthGate)
        {
            lastHeartbeat = now;
            Health = SiteHealth.Alive;
        }
    }

    /// <summary>Sets the health by how long nothing was heard; says whether that changed it for the worse.</summary>
    public bool FellSilent(DateTimeOffset now, InventoryOptions options)
    {
        lock (healthGate)
        {
            if (Model is null || Health == SiteHealth.Left)
            {
                return false;
            }

            var silent = now - lastHeartbeat;
            var health = silent >= options.LostAfter ? SiteHealth.Lost : silent >= options.SuspectAfter ? SiteHealth.Suspect : SiteHealth.Alive;
            var worse = health > Health;
            Health = health;
            return worse;
        }
    }

    /// <summary>Waits for the right to change the model; disposing gives it back.</summary>
    public async Task<IDisposable> Turn(CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        return new Held(gate);
    }

    private sealed class Held(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
