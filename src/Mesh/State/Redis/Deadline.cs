namespace Mano.Mesh.State.Redis;

/// <summary>The moment by which a call has its answer, or none.</summary>
internal readonly struct Deadline(TimeSpan from, TimeProvider clock)
{
    private readonly long started = clock.GetTimestamp();

    /// <summary>What is left; never negative.</summary>
    public TimeSpan Left => from - clock.GetElapsedTime(started) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    public bool IsOver => Left == TimeSpan.Zero;
}
