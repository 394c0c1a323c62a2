using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Microsoft.Extensions.Configuration;

namespace Mano.VimAdapters.Registration;

/// <summary>Makes adapters of one name. Registered as an enumerable: a new adapter adds one line.</summary>
public interface IVimAdapterFactory
{
    /// <summary>The name by which configuration chooses it.</summary>
    string Name { get; }

    /// <summary>The settings it knows, by name.</summary>
    IReadOnlyList<VimSetting> Settings { get; }

    /// <summary>Makes an adapter from its settings; refuses settings that are wrong, naming every fault.</summary>
    IVimAdapter Create(IConfiguration settings);
}

/// <summary>A setting that an adapter knows.</summary>
/// <param name="Name">As configuration spells it, in any case.</param>
/// <param name="IsSecret">Whether it bears <see cref="SecretAttribute"/>: kept encrypted, and shown to nobody.</param>
/// <param name="IsRequired">Whether there is no adapter without it.</param>
public sealed record VimSetting(string Name, bool IsSecret, bool IsRequired)
{
    /// <summary>Its kind, for people: text, number, yes or no, duration, list (NAME:0, NAME:1, …), group (NAME:PART).</summary>
    public string Type { get; init; } = "text";

    /// <summary>What holds where it is not given; empty: nothing.</summary>
    public string Default { get; init; } = "";

    /// <summary>For people; empty where the documentation was not delivered.</summary>
    public string Description { get; init; } = "";
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
    public IVimAdapter Create(string name, IConfiguration settings) => Factory(name).Create(settings);

    /// <summary>The settings that the adapter of that name knows. An unknown name is refused with the known ones.</summary>
    public IReadOnlyList<VimSetting> SettingsOf(string name) => Factory(name).Settings;

    private IVimAdapterFactory Factory(string name) =>
        byName.TryGetValue(name, out var factory)
            ? factory
            : throw Failure.InvalidInput("VIM_UNKNOWN_ADAPTER", $"There is no VIM adapter '{name}'; there are {string.Join(", ", Names)}.", name).ToException();
}
