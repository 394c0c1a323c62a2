using Mano.Mesh.Discovery;

namespace Mano.Meo.Discovery;

/// <summary>One MEPM of the catalogue, and what was last known of it. Changed by the follower's round alone, except while it is being asked.</summary>
internal sealed class CataloguedSite(string siteId, ServiceInstance instance)
{
    public string SiteId { get; } = siteId;

    public ServiceInstance Instance { get; private set; } = instance;

    public Standing Standing { get; private set; } = Standing.Listed;

    /// <summary>The question that is under way, or the last one.</summary>
    public Task Asking { get; set; } = Task.CompletedTask;

    /// <summary>Not to be asked again before; a timestamp of the clock.</summary>
    public long AskAgainAt { get; set; }

    /// <summary>What was logged last of its troubles; each is told once.</summary>
    public string Told { get; set; } = "";

    /// <summary>The catalogue lists it, perhaps changed.</summary>
    public void Listed(ServiceInstance now)
    {
        if (now.Incarnation != Instance.Incarnation || now.Url != Instance.Url)
        {
            AskAgainAt = 0;
        }

        Instance = now;
        Standing = now.IsUsable ? Standing.Listed : Standing.Critical;
    }

    /// <summary>
    /// The catalogue lists it no more. Only an entry that was passing, and vanished while Consul was there all the time,
    /// was taken out on purpose: Consul itself drops entries that were critical for long, and an agent that was made anew knows nobody.
    /// </summary>
    public void Missing(bool consulWasThere)
    {
        if (Standing == Standing.Listed)
        {
            (Standing, AskAgainAt) = (consulWasThere ? Standing.TakenOut : Standing.Forgotten, 0);
        }
        else if (Standing == Standing.Critical)
        {
            Standing = Standing.Dropped;
        }
    }

    /// <summary>It does not answer: nothing more will be heard of it until it is listed again.</summary>
    public void Drop() => Standing = Standing.Dropped;
}

/// <summary>Where a site stands with the catalogue.</summary>
internal enum Standing
{
    /// <summary>Its checks pass.</summary>
    Listed,

    /// <summary>A check fails: it counts as silent.</summary>
    Critical,

    /// <summary>Taken out while it passed: it stops, or has stopped.</summary>
    TakenOut,

    /// <summary>Missing since Consul was away: it will register again if it lives.</summary>
    Forgotten,

    /// <summary>Of no more interest.</summary>
    Dropped,
}
