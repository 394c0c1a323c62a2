namespace Mano.Mesh.Resilience;

/// <summary>What one site may take of a MEO.</summary>
/// <param name="TryTimeout">How long one try may last.</param>
/// <param name="Calls">Calls that are under way at once. The default is 64: a site that answers in 5 ms is given 12,800 a second.</param>
/// <param name="Waiting">Calls that wait for one of those places; further ones are refused at once, to be asked again later.
/// The default is 1,024: some seconds of a burst, and a few hundred kilobytes.</param>
public sealed record SiteLimits(TimeSpan TryTimeout, int Calls = 64, int Waiting = 1024);
