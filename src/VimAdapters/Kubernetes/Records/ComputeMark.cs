using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes.Api;

namespace Mano.VimAdapters.Kubernetes.Records;

/// <summary>How our objects are named and marked. What does not bear the whole mark is not ours, and is never touched.</summary>
/// <param name="Owner">Which adapter.</param>
/// <param name="Home">The namespace of its records: two adapters with one owner and two homes are two.</param>
internal sealed record ComputeMark(string Owner, string Home)
{
    public const string OwnerLabel = "mano/owner";
    public const string HomeLabel = "mano/home";
    public const string ComputeLabel = "mano/compute";
    public const string TenantLabel = "mano/tenant";
    public const string AppInstanceLabel = "mano/app-instance";
    public const string RecordLabel = "mano/record";
    public const string HookLabel = "mano/hook";
    public const string ManagedBy = "app.kubernetes.io/managed-by";

    public const string ComputeIdNote = "mano/compute-id";
    public const string TenantNote = "mano/tenant-id";
    public const string AppInstanceNote = "mano/app-instance-id";
    public const string SpecDigestNote = "mano/spec-digest";
    public const string OperationNote = "mano/operation";
    public const string LifeNote = "mano/life";
    public const string RevisionNote = "mano/revision";

    private const int SlugLength = 22;

    /// <summary>Chooses all that is ours.</summary>
    public string Selector => $"{OwnerLabel}={Owner},{HomeLabel}={Home}";

    /// <summary>Chooses what is of one compute.</summary>
    public string SelectorOf(string key) => $"{Selector},{ComputeLabel}={key}";

    /// <summary>What stands for a compute's id in names and labels, which take fewer characters than ids have.</summary>
    public static string KeyOf(string computeId) => Hash(computeId, 16);

    /// <summary>The name of a compute's objects: what a person recognises, and what makes it unique. At most 44 characters, so that pods' names fit behind it.</summary>
    public static string NameOf(string computeId) => Slug(computeId, SlugLength) is { Length: > 0 } slug ? $"mano-{slug}-{KeyOf(computeId)}" : $"mano-{KeyOf(computeId)}";

    /// <summary>The name of a compute's record.</summary>
    public string RecordName(string key) => $"mano-record-{Owner}-{key}";

    /// <summary>The namespace of a tenant. A tenant that is no DNS label gets a hash behind what is left of it.</summary>
    public static string NamespaceOf(string prefix, string tenant)
    {
        var plain = Slug(tenant, 63);
        return plain.Length > 0 && plain == tenant && prefix.Length + tenant.Length <= 63
            ? prefix + tenant
            : prefix + (Slug(tenant, 63 - prefix.Length - 13) is { Length: > 0 } slug ? slug + "-" : "") + Hash(tenant, 12);
    }

    /// <summary>The labels of every object of a compute.</summary>
    public Dictionary<string, string> LabelsOf(KubeRecord record) => new()
    {
        [OwnerLabel] = Owner,
        [HomeLabel] = Home,
        [ComputeLabel] = KeyOf(record.ComputeId),
        [TenantLabel] = Label(record.Spec!.Labels.Tenant),
        [AppInstanceLabel] = Label(record.Spec.Labels.AppInstanceId),
        [ManagedBy] = "mano",
    };

    /// <summary>The annotations of every object of a compute.</summary>
    public static Dictionary<string, string> NotesOf(KubeRecord record) => new()
    {
        [ComputeIdNote] = record.ComputeId,
        [TenantNote] = record.Spec!.Labels.Tenant,
        [AppInstanceNote] = record.Spec.Labels.AppInstanceId,
        [SpecDigestNote] = record.SpecDigest,
        [LifeNote] = record.Life.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Whether an object is ours and of that compute.</summary>
    public bool Bears(ObjectMeta meta, string key) => IsOurs(meta) && meta.LabelOf(ComputeLabel) == key;

    public bool IsOurs(ObjectMeta meta) => meta.LabelOf(OwnerLabel) == Owner && meta.LabelOf(HomeLabel) == Home;

    /// <summary>Any text as a label's value: itself where that is allowed, else what is left of it and a hash.</summary>
    public static string Label(string text)
    {
        var allowed = text.Length is > 0 and <= 63 && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        return allowed ? text : (Slug(text, 40) is { Length: > 0 } slug ? slug + "-" : "") + Hash(text, 12);
    }

    /// <summary>The digest of a specification: equal for equal ones, whatever the order of the variables.</summary>
    public static string DigestOf(ComputeSpec spec)
    {
        var sorted = spec with { Environment = new SortedDictionary<string, string>(spec.Environment.ToDictionary(), StringComparer.Ordinal) };
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(sorted, KubeRecordJson.Default.ComputeSpec)));
    }

    /// <summary>What is left of a text as a part of a DNS label.</summary>
    public static string Slug(string text, int length)
    {
        var slug = new StringBuilder();
        foreach (var c in text)
        {
            var lower = char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-';
            if (lower != '-' || (slug.Length > 0 && slug[^1] != '-'))
            {
                slug.Append(lower);
            }
        }

        return slug.ToString()[..Math.Min(slug.Length, Math.Max(0, length))].Trim('-');
    }

    public static string Hash(string text, int length) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..length];
}
