using Mano.Cli.Packages;
using Mano.Cli.Terminal;
using Mano.Mesh.Failures;
using Mano.Packages;

namespace Mano.Cli.Demo;

/// <summary>A sample application, and how a user meets it.</summary>
/// <param name="Name">Of its folder under samples/.</param>
/// <param name="DomainName">Of its DNS rule.</param>
/// <param name="Page">What a user fetches through its traffic rule.</param>
internal sealed record SampleApplication(string Name, string DomainName, Uri Page)
{
    /// <summary>Gives a page, and says over Mp1 when it is ready.</summary>
    public static readonly SampleApplication Hello = new("hello-edge", "hello.edge.example", new("http://hello.edge.example/"));

    /// <summary>Has no Mp1: it counts as ready when its VIM says that it runs, which a simulated one can say too.</summary>
    public static readonly SampleApplication Echo = new("quiet-echo", "echo.edge.example", new("http://echo.edge.example:7/"));

    /// <summary>Takes over from a cloud server, over HTTP and UDP, with a traffic rule of each kind.</summary>
    public static readonly SampleApplication Roadside = new("roadside", "roadside.example", new("http://roadside.example/"));

    /// <summary>Makes the CSAR as a provider would: <c>mano package build samples/hello-edge/package</c>.</summary>
    /// <exception cref="FailureException">The sample is not there, was not built, or is faulty.</exception>
    public PackageContent Build(Surroundings surroundings, string target, CancellationToken stop)
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
    private string Folder(Surroundings surroundings)
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
