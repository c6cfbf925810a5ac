using System.Net;
using Connect.Silo.Gateways;
using Npgsql;

namespace Connect.Silo.Hosting;

/// <summary>What the configuration says about storage and the silo, checked: the constructor refuses with a sentence a person can act on.</summary>
internal sealed record CreditsSettings
{
    /// <summary>Names the data of this program in the database; never changes.</summary>
    public const string ServiceId = "connect-credits";

    /// <summary>Reads and checks the configuration. Paths are relative to the content root.</summary>
    public CreditsSettings(IConfiguration configuration, string contentRoot)
    {
        PostgreSql = NullIfEmpty(configuration["Credits:PostgreSql"]);
        DataDirectory = Path.GetFullPath(NullIfEmpty(configuration["Credits:DataDirectory"]) ?? "data", contentRoot);
        Sandbox = NullIfEmpty(configuration["Stripe:ApiKey"]) is null;
        ClusterId = NullIfEmpty(configuration["Silo:ClusterId"]) ?? "connect-credits";
        SiloPort = Port(configuration, "Silo:Port");
        GatewayPort = Port(configuration, "Silo:GatewayPort");
        Address = IPAddress.TryParse(NullIfEmpty(configuration["Silo:Address"]) ?? "127.0.0.1", out var address)
            ? address
            : throw Refused("Silo:Address", configuration["Silo:Address"], "the IP address at which other silos and clients reach this one, such as 10.0.0.7");
        Gateway = ReadGateway(NullIfEmpty(configuration["Messaging:Gateway"]));
        if (SiloPort is not null && SiloPort == GatewayPort)
            throw Refused("Silo:GatewayPort", configuration["Silo:GatewayPort"], "another port than Silo:Port");
        if (PostgreSql is not null)
            CheckConnectionString(PostgreSql);
    }

    /// <summary>Connection string of the cluster's database; null for the embedded one. <c>Credits:PostgreSql</c></summary>
    public string? PostgreSql { get; }

    /// <summary>Folder of the embedded data. <c>Credits:DataDirectory</c>, by default <c>data</c> beside the content root.</summary>
    public string DataDirectory { get; }

    /// <summary>Whether the outside world is simulated, and so the clock may be moved: no <c>Stripe:ApiKey</c>.</summary>
    public bool Sandbox { get; }

    /// <summary>What messages are handed to. <c>Messaging:Gateway</c>, by default the sandbox's where there is a sandbox.</summary>
    public GatewayKind Gateway { get; }

    /// <summary>Silos and clients of one cluster share it. <c>Silo:ClusterId</c></summary>
    public string ClusterId { get; }

    /// <summary>Port for other silos; null to pick a free one. <c>Silo:Port</c></summary>
    public int? SiloPort { get; }

    /// <summary>Port for clients; null to pick a free one. <c>Silo:GatewayPort</c></summary>
    public int? GatewayPort { get; }

    /// <summary>Address at which others reach this silo; it listens there. <c>Silo:Address</c>, by default loopback.</summary>
    public IPAddress Address { get; }

    private static string? NullIfEmpty(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    private GatewayKind ReadGateway(string? text)
    {
        const string expected = "Kannel, or None while messages are to wait";
        if (text is null)
            return Sandbox ? GatewayKind.Sandbox : throw Refused("Messaging:Gateway", "not set", $"{expected}: with Stripe:ApiKey the messages are real as well");
        if (!Enum.GetNames<GatewayKind>().Contains(text))
            throw Refused("Messaging:Gateway", text, Sandbox ? "Sandbox, Kannel or None" : expected);
        var gateway = Enum.Parse<GatewayKind>(text);
        return gateway == GatewayKind.Sandbox && !Sandbox ? throw Refused("Messaging:Gateway", text, $"{expected}: with Stripe:ApiKey the messages are real as well") : gateway;
    }

    private static int? Port(IConfiguration configuration, string key)
    {
        if (NullIfEmpty(configuration[key]) is not { } text)
            return null;
        if (!int.TryParse(text, out var port) || port is < 0 or > 65_535)
            throw Refused(key, text, "a port from 1 to 65535, or 0 to pick a free one");
        return port == 0 ? null : port;
    }

    private static void CheckConnectionString(string connectionString)
    {
        const string expected = "a connection string such as Host=db;Database=credits;Username=credits;Password=…";
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString);
            if (string.IsNullOrEmpty(settings.Host) || string.IsNullOrEmpty(settings.Database))
                throw Refused("Credits:PostgreSql", "a text without Host or Database", expected);
        }
        catch (ArgumentException error)
        {
            // The text itself may hold a password, so it is not repeated.
            throw Refused("Credits:PostgreSql", $"not readable ({error.Message})", expected);
        }
    }

    private static InvalidOperationException Refused(string key, string? value, string expected) => new($"The setting {key} is {value}; it must be {expected}.");
}
