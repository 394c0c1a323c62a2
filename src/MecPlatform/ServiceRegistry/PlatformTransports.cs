using System.Text.Json;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.ServiceRegistry;

/// <summary>The transports that the site offers to services, such as its message broker; the operator lists them in a file.</summary>
internal sealed record PlatformTransports(IReadOnlyList<TransportInfo> All)
{
    /// <summary>Reads a JSON array of MEC 011 TransportInfo; without a file there are none.</summary>
    /// <exception cref="FailureException">It is not one; every fault is named.</exception>
    public static PlatformTransports Read(string file)
    {
        if (file.Length == 0)
        {
            return new([]);
        }

        try
        {
            var read = JsonSerializer.Deserialize(File.ReadAllBytes(file), ServiceJson.Default.TransportInfoArray) ?? [];
            var faults = new List<Fault>();
            for (var i = 0; i < read.Length; i++)
            {
                ServiceRules.CheckTransport($"[{i}]", read[i], faults);
            }

            faults.AddRange(read.GroupBy(t => t.Id).Where(g => g.Count() > 1).Select(g => new Fault("id", $"'{g.Key}' is given {g.Count()} times; an id is unique.")));
            return faults.Count == 0
                ? new(read)
                : throw Failure.InvalidInput("BAD_TRANSPORTS", $"--transports {file} has {faults.Count} fault(s).", file, faults).ToException();
        }
        catch (Exception wrong) when (wrong is JsonException or IOException or UnauthorizedAccessException)
        {
            throw Failure.InvalidInput("BAD_TRANSPORTS", $"--transports {file} is not a JSON array of MEC 011 TransportInfo: {wrong.Message}", file).ToException();
        }
    }
}
