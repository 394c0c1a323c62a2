using System.Text.Json.Serialization;
using Mano.Meo.Lifecycle.Operations;
using Mano.Meo.Northbound;
using Mano.Mesh.Failures;
using Mano.Mesh.State;

namespace Mano.Meo.Lifecycle;

/// <summary>The stored instances.</summary>
internal sealed class AppInstances(IStateStore store)
{
    private const string Prefix = $"instance/{Tenants.Default}/";

    public static string Key(string appInstanceId) => Prefix + appInstanceId;

    /// <summary>Whether it is the key of some instance's record.</summary>
    public static bool IsKeyOfInstance(string key) => key.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The instance with its version, or NotFound.</summary>
    public async ValueTask<Outcome<Stored<AppInstanceRecord>>> Get(string appInstanceId, CancellationToken cancel) =>
        await Find(appInstanceId, cancel) is { } found ? found : NotFound(appInstanceId);

    /// <summary>The instance with its version, or null.</summary>
    public async ValueTask<Stored<AppInstanceRecord>?> Find(string appInstanceId, CancellationToken cancel) =>
        IsKey(appInstanceId) ? await store.Get(Key(appInstanceId), LifecycleJson.Default.AppInstanceRecord, cancel) : null;

    /// <summary>Instances ordered by id, after the given one; of one site if that is not empty.</summary>
    public async Task<Paged<AppInstanceRecord>> List(string? after, int limit, string siteId, CancellationToken cancel)
    {
        var found = new List<AppInstanceRecord>();
        var last = after is null ? null : Key(after);
        while (true)
        {
            var page = await store.Scan(Prefix, last, limit, cancel);
            foreach (var entry in page.Entries)
            {
                var record = entry.As(LifecycleJson.Default.AppInstanceRecord).Value;
                if (siteId.Length > 0 && record.Location?.SiteId != siteId)
                {
                    continue;
                }

                if (found.Count == limit)
                {
                    return new(found, found[^1].AppInstanceId);
                }

                found.Add(record);
            }

            if (!page.HasMore)
            {
                return new(found, "");
            }

            last = page.Entries[^1].Key;
        }
    }

    public static Batch Put(Batch batch, AppInstanceRecord record, long expected) =>
        batch.Put(Key(record.AppInstanceId), record, LifecycleJson.Default.AppInstanceRecord, expected);

    /// <summary>Removes the record with the key that says that its package is used.</summary>
    public static Batch Delete(Batch batch, Stored<AppInstanceRecord> found) => batch
        .Delete(found.Key, found.Version)
        .Delete(PackageUsage.Key(found.Value.Tenant, found.Value.AppPkgId, found.Value.AppInstanceId));

    public static Failure NotFound(string appInstanceId) => Failure.NotFound(
        "APP_INSTANCE_NOT_FOUND", $"There is no application instance '{appInstanceId}'; list the instances to see which there are.",
        AppInstanceRecord.SubjectOf(appInstanceId));

    private static bool IsKey(string id) => id.Length is > 0 and <= 128 && !id.AsSpan().ContainsAnyExceptInRange('!', '~');
}

[JsonSerializable(typeof(AppInstanceRecord))]
[JsonSerializable(typeof(InstantiateApp))]
[JsonSerializable(typeof(OperateApp))]
[JsonSerializable(typeof(TerminateApp))]
[JsonSerializable(typeof(ForceTerminateApp))]
[JsonSerializable(typeof(Granting.Grant))]
[JsonSerializable(typeof(InstanceLocation))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class LifecycleJson : JsonSerializerContext;
