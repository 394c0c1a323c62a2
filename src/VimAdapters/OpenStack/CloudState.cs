using Mano.Mesh.Failures;
using Mano.VimAdapters.OpenStack.Http;
using Mano.VimAdapters.OpenStack.Neutron;
using Mano.VimAdapters.OpenStack.Nova;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.OpenStack;

/// <summary>The cloud and what is known of it. It may be away when the adapter opens, and at any time after.</summary>
internal sealed class CloudState(CloudLink link, NovaClient nova, DefaultNetwork network, OpenStackOptions options, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim asking = new(1);
    private readonly Lock gate = new();
    private CloudFacts? facts;
    private bool away;

    public CloudLink Link => link;

    /// <summary>What the cloud is; UNAVAILABLE until it was reached once.</summary>
    public async Task<CloudFacts> FactsAsync(CancellationToken cancellationToken)
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
                facts = await CloudFacts.AskAsync(link, nova, network, options, cancellationToken);
                Log.Reached(logger, facts.Who.Body.Project?.Name ?? facts.Who.ProjectId, link.Settings.AuthUrl.ToString(), facts.Microversion, options.SiteName,
                    string.Join("; ", facts.Capabilities.Notes.Select(n => $"{n.Name}: {(n.Applied ? "" : "no, ")}{n.Detail}")));
            }

            return facts;
        }
        catch (OpenStackRefusedException e)
        {
            throw new FailureException(OpenStackFailures.General(e), e);
        }
        finally
        {
            asking.Release();
        }
    }

    /// <summary>Says once that the cloud is away.</summary>
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

    /// <summary>Says once that the cloud is back.</summary>
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

    public void Dispose() => asking.Dispose();
}
