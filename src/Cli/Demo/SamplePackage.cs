using Mano.Cli.Packages;
using Mano.Cli.Terminal;
using Mano.Mesh.Failures;
using Mano.Packages;

namespace Mano.Cli.Demo;

/// <summary>The sample application that the demo runs, and how a user meets it.</summary>
internal static class SamplePackage
{
    public const string Name = "hello-edge";

    public const string DomainName = "hello.edge.example";

    public static readonly Uri Page = new($"http://{DomainName}/");

    /// <summary>Makes the CSAR as a provider would: <c>mano package build samples/hello-edge/package</c>.</summary>
    /// <exception cref="FailureException">The sample is not there, was not built, or is faulty.</exception>
    public static PackageContent Build(Surroundings surroundings, string target, CancellationToken stop)
    {
        var folder = Folder(surroundings);
        if (!File.Exists(Path.Combine(folder, "Artifacts", "bin", Name)))
        {
            throw Sentences.Usage($"The sample application was not built: {folder}/Artifacts/bin/{Name} is missing. 'dotnet build samples/{Name}' makes it; ./mano does so by itself.", folder);
        }

        var reading = PackageBuilder.Build(folder, target, cancel: stop);
        return reading.Content ?? throw Failure.InvalidInput("PACKAGE_FAULTY", $"The sample package in {folder} is faulty.", folder, Faults.Of(reading.Faults)).ToException();
    }

    /// <summary>In the checkout: the launcher names it, else it is above the program.</summary>
    private static string Folder(Surroundings surroundings)
    {
        var starts = new[] { surroundings.Home, AppContext.BaseDirectory, surroundings.Folder };
        foreach (var start in starts)
        {
            for (var folder = start; folder is not null; folder = Path.GetDirectoryName(folder))
            {
                var sample = Path.Combine(folder, "samples", Name, "package");
                if (Directory.Exists(sample))
                {
                    return sample;
                }
            }
        }

        throw Sentences.Usage($"The demo runs samples/{Name} of a checkout of mano, and none was found from {surroundings.Folder} upwards.");
    }
}
