using Mano.Mesh.Failures;
using Mano.VimAdapters.Addressing;
using Mano.VimAdapters.LocalContainers.Engine;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.LocalContainers;

/// <summary>The engine and what is known of it. It may be away when the adapter opens, and at any time after.</summary>
internal sealed class EngineLink(EngineClient engine, LocalContainersOptions options, AddressRange range, TimeProvider clock, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim asking = new(1);
    private readonly Lock gate = new();
    private EngineFacts? facts;
    private bool away;

    public EngineClient Engine => engine;

    public LocalContainersOptions Options => options;

    public TimeProvider Clock => clock;

    public Mark Mark { get; } = new(options.Owner ?? Mark.OwnerOf(options.Folder));

    /// <summary>What the engine is; UNAVAILABLE until it was reached once.</summary>
    public async Task<EngineFacts> FactsAsync(CancellationToken cancellationToken)
    {
        if (facts is { } known)
        {
            return known;
        }

        await asking.WaitAsync(cancellationToken);
        try
        {
            if (facts is null)
            {
                // The network first: it says whether its addresses are reached from here.
                await new ContainerNetwork(engine, Mark, range, clock).EnsureAsync(cancellationToken);
                facts = await EngineFacts.AskAsync(engine, options, range, cancellationToken);
                Log.Reached(logger, facts.Name, options.Socket, Directory.GetFiles(Path.Combine(options.Folder, "computes")).Length, Mark.Owner,
                    string.Join("; ", facts.Capabilities.Notes.Select(n => $"{n.Name}: {(n.Applied ? "" : "no, ")}{n.Detail}")));
            }

            return facts;
        }
        catch (EngineRefusedException e)
        {
            throw new FailureException(EngineFailures.General(e), e);
        }
        finally
        {
            asking.Release();
        }
    }

    /// <summary>Says once that the engine is away.</summary>
    public void SawAway(string reason)
    {
        lock (gate)
        {
            if (!away)
            {
                away = true;
                Log.Away(logger, reason);
            }
        }
    }

    /// <summary>Says once that the engine is back.</summary>
    public void SawBack()
    {
        lock (gate)
        {
            if (away)
            {
                away = false;
                Log.Back(logger);
            }
        }
    }

    public void Dispose()
    {
        engine.Dispose();
        asking.Dispose();
    }
}
