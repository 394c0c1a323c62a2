namespace Mano.Mesh.Discovery;

/// <summary>This process as it registers.</summary>
/// <param name="Id">The same after a restart, so that a process takes the place of its own past: <c>mano-mepm-edge-a</c>.</param>
/// <param name="Name">One of <see cref="ServiceNames"/>.</param>
/// <param name="Address">Where others reach its gRPC.</param>
/// <param name="Tags">In the form <c>site=edge-a</c>.</param>
/// <param name="Meta">Version, incarnation, replica.</param>
public sealed record ServiceDescription(string Id, string Name, Uri Address, IReadOnlyList<string> Tags, IReadOnlyDictionary<string, string> Meta)
{
    /// <summary>Whether an entry of the agent says just this.</summary>
    internal bool Is(Consul.AgentService known) =>
        known.Name == Name && known.Address == Address.DnsSafeHost && known.Port == Address.Port
        && (known.Tags ?? []).Order(StringComparer.Ordinal).SequenceEqual(Tags.Order(StringComparer.Ordinal))
        && FullMeta().All(m => known.Meta?.GetValueOrDefault(m.Key) == m.Value);

    internal Dictionary<string, string> FullMeta() => new(Meta, StringComparer.Ordinal) { [ServiceNames.Scheme] = Address.Scheme };
}
