using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Microsoft.Extensions.Configuration;

namespace Mano.VimAdapters.Registration;

/// <summary>Makes adapters of one name. Registered as an enumerable: a new adapter adds one line.</summary>
public interface IVimAdapterFactory
{
    /// <summary>The name by which configuration chooses it.</summary>
    string Name { get; }

    /// <summary>Makes an adapter from its settings; refuses settings that are wrong, naming every fault.</summary>
    IVimAdapter Create(IConfiguration settings);
}

/// <summary>The adapters that are to be had, by name.</summary>
public sealed class VimAdapterCatalogue(IEnumerable<IVimAdapterFactory> factories)
{
    private readonly Dictionary<string, IVimAdapterFactory> byName = factories.ToDictionary(f => f.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The names, in order.</summary>
    public IReadOnlyList<string> Names => [.. byName.Keys.Order(StringComparer.Ordinal)];

    /// <summary>
    /// Makes the adapter of that name. The caller disposes it (<see cref="IAsyncDisposable"/> or
    /// <see cref="IDisposable"/> where the adapter is one). An unknown name is refused with the known ones.
    /// </summary>
    public IVimAdapter Create(string name, IConfiguration settings) =>
        byName.TryGetValue(name, out var factory)
            ? factory.Create(settings)
            : throw Failure.InvalidInput("VIM_UNKNOWN_ADAPTER", $"There is no VIM adapter '{name}'; there are {string.Join(", ", Names)}.", name).ToException();
}
