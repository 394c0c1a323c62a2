using Mano.Testing;

namespace Mano.OpenStack.Tests;

/// <summary>A testbed ends with whoever started it, also when that was killed together with all the shells in between.</summary>
public sealed class LifelineTests
{
    /// <summary>Starts a service as <c>up</c> does (of its own session, and nobody's child), says its process, and lives on.</summary>
    private const string Starter = """
        import os, subprocess, sys, time
        reading, writing = os.pipe()
        service = subprocess.Popen([sys.executable, '-c', sys.argv[1]], pass_fds=[reading], start_new_session=True,
                                   env=dict(os.environ, TESTBED_LIFELINE=str(reading)), stdout=subprocess.DEVNULL)
        os.close(reading)
        open(os.path.join(os.environ['TESTBED_DIR'], 'run', 'keystone.pid'), 'w').write(
            '%d %s' % (service.pid, open('/proc/%d/stat' % service.pid).read().rsplit(') ', 1)[1].split()[19]))
        print(service.pid, flush=True)
        time.sleep(1000)
        """;

    private const string Service = """
        import os, sys, time
        sys.path.insert(0, os.environ['TESTBED_SCRIPTS'])
        import lifeline
        lifeline.hold()
        time.sleep(1000)
        """;

    [PythonFact]
    public async Task A_service_ends_and_the_folder_goes_when_the_starter_is_killed_and_not_before()
    {
        using var folder = new TempFolder();
        var testbed = folder.File("testbed");
        Directory.CreateDirectory(Path.Combine(testbed, "run"));
        Directory.CreateDirectory(Path.Combine(testbed, "etc", "keystone"));
        var scripts = Path.Combine(Repository.Folder, "tests", "testbed", "openstack");
        await using var starter = ChildProcess.Start(PythonFactAttribute.Python, ["-c", Starter, Service],
            new Dictionary<string, string> { ["TESTBED_DIR"] = testbed, ["TESTBED_SCRIPTS"] = scripts });
        await Patiently.Is(() => Task.FromResult(!starter.Output.IsEmpty), "the starter says which process the service is");
        Assert.True(starter.Output.TryPeek(out var service));
        Assert.False(Ended(service));
        Assert.True(Directory.Exists(testbed));

        await starter.Kill();

        await Patiently.Is(() => Task.FromResult(Ended(service)), "the service ends");
        await Patiently.Is(() => Task.FromResult(!Directory.Exists(testbed)), "the folder is deleted");
    }

    // One that nobody has collected yet has ended all the same.
    private static bool Ended(string pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1][0] is 'Z' or 'X';
        }
        catch (IOException)
        {
            return true;
        }
    }
}

/// <summary>A test that needs Debian's Python and nothing of OpenStack.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonFactAttribute : FactAttribute
{
    public const string Python = "/usr/bin/python3";

    public PythonFactAttribute() => Skip = File.Exists(Python) ? null! : $"there is no {Python}";
}
