namespace Mano.Mesh.Ids;

/// <summary>GUIDs of version 7: they sort by the time they were made, so lists page in order of creation.</summary>
public sealed class GuidIds(TimeProvider clock) : IIdSource
{
    public string NewId() => Guid.CreateVersion7(clock.GetUtcNow()).ToString("D");
}
