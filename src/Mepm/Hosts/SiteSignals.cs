namespace Mano.Mepm.Hosts;

/// <summary>Where links say what they noticed, and the loop listens; each knows only this.</summary>
internal sealed class SiteSignals
{
    /// <summary>Something about an instance changed.</summary>
    public event Action<string>? Instance;

    /// <summary>A watch told of an instance; that may be the echo of a call of ours.</summary>
    public event Action<string>? Watched;

    /// <summary>A link of this host came up or broke: everything about it may have changed, or cannot be told.</summary>
    public event Action<string>? Host;

    public void OfInstance(string appInstanceId) => Instance?.Invoke(appInstanceId);

    public void OfWatched(string appInstanceId) => Watched?.Invoke(appInstanceId);

    public void OfHost(string hostId) => Host?.Invoke(hostId);
}
