namespace Mano.Meo.Onboarding;

/// <summary>Where content is to be had that this replica's folder has not.</summary>
internal interface IPeerContents
{
    /// <summary>Makes the content a blob of this replica's, if somebody has it.</summary>
    Task<bool> Fetch(string sha256, CancellationToken cancel);
}

/// <summary>Of a MEO that is alone.</summary>
internal sealed class NoPeers : IPeerContents
{
    public Task<bool> Fetch(string sha256, CancellationToken cancel) => Task.FromResult(false);
}
