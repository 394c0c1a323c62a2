namespace Mano.Chaos.Workload;

/// <summary>A place for one instance of one application at a time.</summary>
internal sealed class Slot(ChaosApp app)
{
    public ChaosApp App => app;

    /// <summary>The present instance; null when there is none.</summary>
    public string? Instance { get; set; }
}
