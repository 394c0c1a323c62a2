using Mano.VimAdapters.Registration;

namespace Mano.VimAdapters.OpenStack;

/// <summary>Where the cloud is and who we are there: the options, and what they leave open from <c>clouds.yaml</c>.</summary>
internal sealed record CloudSettings
{
    public required Uri AuthUrl { get; init; }

    public string? Username { get; init; }

    public string? UserId { get; init; }

    public string? Password { get; init; }

    public required string UserDomainName { get; init; }

    public string? ProjectName { get; init; }

    public string? ProjectId { get; init; }

    public required string ProjectDomainName { get; init; }

    public string? ApplicationCredentialId { get; init; }

    public string? ApplicationCredentialSecret { get; init; }

    public required string Region { get; init; }

    public required string Interface { get; init; }

    public string? CaFile { get; init; }

    /// <summary>What must not be shown to anybody.</summary>
    public IEnumerable<string> Secrets => new[] { Password, ApplicationCredentialSecret }.OfType<string>().Where(s => s.Length > 0);

    /// <summary>The settings; refuses the options with every fault that they have.</summary>
    public static CloudSettings Of(OpenStackOptions options)
    {
        var faults = new List<string>();
        var file = CloudsYaml.Read(options, faults);
        string? Value(string? given, string name) => given is { Length: > 0 } ? given : file.GetValueOrDefault(name);
        var authUrl = Value(options.AuthUrl, "auth_url") ?? "";
        if (!Uri.TryCreate(authUrl, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            faults.Add($"AuthUrl: '{authUrl}' is refused; something like https://keystone.example.net:5000/v3 would be right.");
        }

        var settings = new CloudSettings
        {
            AuthUrl = address ?? new Uri("http://nowhere"),
            Username = Value(options.Username, "username"),
            UserId = Value(options.UserId, "user_id"),
            Password = Value(options.Password, "password"),
            UserDomainName = Value(options.UserDomainName, "user_domain_name") ?? "Default",
            ProjectName = Value(options.ProjectName, "project_name"),
            ProjectId = Value(options.ProjectId, "project_id"),
            ProjectDomainName = Value(options.ProjectDomainName, "project_domain_name") ?? "Default",
            ApplicationCredentialId = Value(options.ApplicationCredentialId, "application_credential_id"),
            ApplicationCredentialSecret = Value(options.ApplicationCredentialSecret, "application_credential_secret"),
            Region = Value(options.Region, "region_name") ?? "",
            Interface = Value(options.Interface, "interface") ?? "public",
            CaFile = Value(options.CaFile, "cacert"),
        };
        AddFaults(faults, settings);
        OptionsRules.Check(OpenStackVim.AdapterName, options, faults);
        return settings;
    }

    private static void AddFaults(List<string> faults, CloudSettings settings)
    {
        if (settings.Interface is not ("public" or "internal" or "admin"))
        {
            faults.Add($"Interface: '{settings.Interface}' is refused; public, internal or admin would be right.");
        }

        if (settings.CaFile is { } ca && !File.Exists(ca))
        {
            faults.Add($"CaFile: there is no file {ca}.");
        }

        if (settings.ApplicationCredentialId is not null)
        {
            if (settings.ApplicationCredentialSecret is null)
            {
                faults.Add("ApplicationCredentialSecret: it is missing; an application credential has an id and a secret.");
            }

            return;
        }

        if (settings.Username is null && settings.UserId is null)
        {
            faults.Add("Username: it is missing; a user with password and project, or an application credential with its secret, would be right.");
        }

        if (settings.Password is null)
        {
            faults.Add("Password: it is missing.");
        }

        if (settings.ProjectName is null && settings.ProjectId is null)
        {
            faults.Add("ProjectName: it is missing; computes are made in a project.");
        }
    }
}
