using System.Runtime.CompilerServices;

namespace Mano.Testing;

/// <summary>
/// A test on real input that is not part of the repository. The variable MANO_SHARED names its folder; without the
/// variable it is <c>shared</c> beside the repository. Where it is missing the test is reported as skipped, with the reason.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute() => Skip = SharedInput.WhyMissing!;
}

/// <summary>The same for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute() => Skip = SharedInput.WhyMissing!;
}

/// <summary>Where the shared input is.</summary>
public static class SharedInput
{
    public static string Folder { get; } = Environment.GetEnvironmentVariable("MANO_SHARED") is { Length: > 0 } named
        ? Path.GetFullPath(named)
        : Path.GetFullPath(Path.Combine(Repository.Folder, "..", "shared"));

    public static string? WhyMissing { get; } =
        Directory.Exists(Folder) ? null : $"needs the shared input folder, and {Folder} does not exist: set MANO_SHARED to where it is";

    public static string File(params string[] parts) => Path.Combine([Folder, .. parts]);
}

/// <summary>Where this repository is.</summary>
public static class Repository
{
    public static string Folder { get; } = Find();

    private static string Find([CallerFilePath] string thisFile = "")
    {
        for (var folder = Path.GetDirectoryName(thisFile); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (System.IO.File.Exists(Path.Combine(folder, "Mano.sln")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException($"No Mano.sln above {thisFile}: run the tests from a checkout.");
    }
}
