using System.ComponentModel.DataAnnotations;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.OpenStack;

/// <summary>
/// How applications run as servers of an OpenStack project. The names are those of <c>clouds.yaml</c>; a value that is given here goes
/// before the one of the file.
/// </summary>
public sealed record OpenStackOptions
{
    /// <summary>Where the adapter keeps what it intends and the numbers of what it deleted. One adapter a folder. Required.</summary>
    [Required]
    public string Folder { get; init; } = "";

    /// <summary>A <c>clouds.yaml</c> to read; needs <see cref="Cloud"/>.</summary>
    public string? CloudsFile { get; init; }

    /// <summary>Which cloud of that file.</summary>
    public string? Cloud { get; init; }

    /// <summary>Where Keystone is: <c>https://keystone.example.net:5000/v3</c>.</summary>
    public string? AuthUrl { get; init; }

    /// <summary>The user, by name; with <see cref="Password"/>.</summary>
    public string? Username { get; init; }

    /// <summary>The user, by id, instead of name and domain.</summary>
    public string? UserId { get; init; }

    /// <summary>Its password. Never logged.</summary>
    [Secret]
    public string? Password { get; init; }

    /// <summary>The domain of the user, by name.</summary>
    /// <value>The default is Default, which every Keystone begins with.</value>
    public string? UserDomainName { get; init; }

    /// <summary>The project, by name. With an application credential it is the credential's own.</summary>
    public string? ProjectName { get; init; }

    /// <summary>The project, by id, instead of name and domain.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The domain of the project, by name.</summary>
    /// <value>The default is Default.</value>
    public string? ProjectDomainName { get; init; }

    /// <summary>An application credential, instead of user and password.</summary>
    public string? ApplicationCredentialId { get; init; }

    /// <summary>Its secret. Never logged.</summary>
    [Secret]
    public string? ApplicationCredentialSecret { get; init; }

    /// <summary>The region whose endpoints are used; empty: the only one there is.</summary>
    public string? Region { get; init; }

    /// <summary>Which endpoints of the catalogue: public, internal or admin.</summary>
    /// <value>The default is public.</value>
    public string? Interface { get; init; }

    /// <summary>Certificates (PEM) of whom to believe, instead of those that the machine believes.</summary>
    public string? CaFile { get; init; }

    /// <summary>An HTTP proxy; empty: none, whatever the environment says.</summary>
    public string? Proxy { get; init; }

    /// <summary>What tells ours from what others make in the project: 1 to 32 of [a-z0-9-]. Empty: made from the folder's path.</summary>
    public string SiteName { get; init; } = "";

    /// <summary>The network (name or id) of computes that name none; empty: the project's only one.</summary>
    public string Network { get; init; } = "";

    /// <summary>Where networks that ask for no addresses of their own get theirs, a /24 each; IPv4.</summary>
    [RegularExpression(@"\d+\.\d+\.\d+\.\d+/\d+")]
    public string NetworkPool { get; init; } = "10.181.0.0/16";

    /// <summary>Security groups (names or ids) that every port gets beside the one for its declared ports, for instance one that lets ssh in.</summary>
    public IReadOnlyList<string> MoreSecurityGroups { get; init; } = [];

    /// <summary>Whether ports get a security group of ours that lets in what the compute declares.</summary>
    /// <value>The default is true. False where the networks have no port security.</value>
    public bool SecurityGroups { get; init; } = true;

    /// <summary>Whether the computes' addresses answer from the site's machines, so that a declared TCP port may be probed.</summary>
    /// <value>The default is false: a tenant network ends at a router. Then a compute counts as ready when Nova says that it runs.</value>
    public bool Reachable { get; init; }

    /// <summary>The flavors that may be used, by name; empty: all that the project sees.</summary>
    public IReadOnlyList<string> Flavors { get; init; } = [];

    /// <summary>Whether a flavor of exactly the right size is made where there is none; needs a policy that allows it, by default admin.</summary>
    public bool MakeFlavors { get; init; }

    /// <summary>Whether servers boot from a volume that is made from the image; needs Cinder.</summary>
    public bool BootFromVolume { get; init; }

    /// <summary>The type of volumes; empty: Cinder's own.</summary>
    public string VolumeType { get; init; } = "";

    /// <summary>Whether servers get a config drive, where no metadata service answers.</summary>
    public bool ConfigDrive { get; init; }

    /// <summary>A key pair for ssh; empty: none.</summary>
    public string KeyName { get; init; } = "";

    /// <summary>
    /// Whether affinity is best effort (soft-affinity, soft-anti-affinity) rather than kept or refused.
    /// </summary>
    /// <value>The default is false: the contract says that what cannot be kept is refused.</value>
    public bool SoftAffinity { get; init; }

    /// <summary>Whether environment variables reach the guest, as a part of its user data that cloud-init writes to <c>/etc/mano/environment</c>.</summary>
    public bool EnvironmentInUserData { get; init; } = true;

    /// <summary>Disk in GiB that may be handed out; 0: what Placement or Cinder says, which a project may not see.</summary>
    [Range(0, 1_000_000_000)]
    public long DiskGib { get; init; }

    /// <summary>How long one answer may take before the service counts as away.</summary>
    /// <value>The default is 60 s: what OpenStack's own clients wait; a busy Nova takes ten.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the upload of an image may take.</summary>
    /// <value>The default is 1 h: some tens of gigabytes over a slow line.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan UploadTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a delete waits for what it deleted to be gone before it gives up for now.</summary>
    /// <value>The default is 2 min: Nova first asks the guest to shut down, by default for one.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan DeletePatience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How often Nova is asked while something is on its way.</summary>
    /// <value>The default is 1 s: one call a second for the whole site, and only while something changes.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan FastPoll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often Nova is asked while nothing is on its way.</summary>
    /// <value>The default is 10 s: what somebody does by hand is seen soon enough.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan SlowPoll { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often all is compared with what is known, and what is left over is removed.</summary>
    /// <value>The default is 1 min.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the number of a deleted compute is remembered.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan FenceRetention { get; init; } = TimeSpan.FromDays(7);
}
