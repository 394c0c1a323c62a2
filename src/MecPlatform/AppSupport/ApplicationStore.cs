using Mano.Mesh.State;

namespace Mano.MecPlatform.AppSupport;

/// <summary>Keeps the records over a crash. This process is the only writer, so no version is expected.</summary>
internal sealed class ApplicationStore(IStateStore store)
{
    private const string Prefix = "platform-application/";

    public async Task<IReadOnlyList<ApplicationRecord>> LoadAll(CancellationToken cancel)
    {
        var records = new List<ApplicationRecord>();
        await foreach (var stored in store.ScanAll(Prefix, ApplicationJson.Default.ApplicationRecord, cancel))
        {
            records.Add(stored.Value);
        }

        return records;
    }

    /// <summary>Durable when it returns.</summary>
    public async Task Save(ApplicationRecord record)
    {
        var batch = new Batch().Put(KeyOf(record), record, ApplicationJson.Default.ApplicationRecord);
        (await store.Commit(batch)).OrThrow();
    }

    public async Task Delete(ApplicationRecord record) => (await store.Commit(new Batch().Delete(KeyOf(record)))).OrThrow();

    private static string KeyOf(ApplicationRecord record) => $"{Prefix}{record.Tenant}/{record.AppInstanceId}";
}
