using Mano.Mesh.Failures;
using Mano.VimAdapters.Registration;

namespace Mano.Mepm.Vims;

/// <summary>What an operator says of a VIM, told apart into what everybody may see and what nobody may.</summary>
/// <param name="Plain">By the adapter's own spelling.</param>
/// <param name="Secret">Likewise, in plain: never stored, shown or logged so.</param>
internal sealed record VimSettings(IReadOnlyDictionary<string, string> Plain, IReadOnlyDictionary<string, string> Secret)
{
    /// <summary>More than any kubeconfig with certificates in it.</summary>
    private const int MaxValue = 256 * 1024;

    public IReadOnlyList<string> SecretValues => [.. Secret.Values.Where(v => v.Length > 0)];

    public Dictionary<string, string> All => new(Plain.Concat(Secret).Where(s => s.Value.Length > 0), StringComparer.OrdinalIgnoreCase);

    /// <summary>A setting that the adapter calls secret is one wherever it was given. Refuses names that the adapter does not have, all at once.</summary>
    public static VimSettings Of(VimAdapterCatalogue adapters, string adapter, IEnumerable<KeyValuePair<string, string>> settings, IEnumerable<KeyValuePair<string, string>> secrets)
    {
        var known = adapters.SettingsOf(adapter).ToDictionary(s => s.Name, StringComparer.OrdinalIgnoreCase);
        var (plain, secret) = (New(), New());
        var faults = new List<Fault>();
        foreach (var ((name, value), isSecret) in settings.Select(s => (s, false)).Concat(secrets.Select(s => (s, true))))
        {
            // "Zones:0" is one of the list Zones.
            var (head, rest) = name.IndexOf(':', StringComparison.Ordinal) is > 0 and var at ? (name[..at], name[at..]) : (name, "");
            if (!known.TryGetValue(head, out var setting))
            {
                faults.Add(new(name, $"{adapter} has no such setting; it has {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}."));
            }
            else if (value.Length > MaxValue)
            {
                faults.Add(new(name, $"{value.Length} characters are too many; at most {MaxValue} are kept."));
            }
            else if (!(isSecret || setting.IsSecret ? secret : plain).TryAdd(setting.Name + rest, value) || (plain.ContainsKey(setting.Name + rest) && secret.ContainsKey(setting.Name + rest)))
            {
                faults.Add(new(name, "is given twice."));
            }
        }

        return faults.Count == 0
            ? new(plain, secret)
            : throw Failure.InvalidInput("VIM_SETTINGS", $"The settings for adapter {adapter} are refused.", adapter, faults).ToException();
    }

    private static SortedDictionary<string, string> New() => new(StringComparer.OrdinalIgnoreCase);
}
