using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Connect.Testing;

/// <summary>How a <see cref="KannelServer"/> is set up.</summary>
public sealed record KannelSetup
{
    /// <summary>Where replies of phones go: a URL with Kannel's escapes; none when null.</summary>
    public string? InboundUrl { get; init; }

    /// <summary>Most messages that may wait for the carrier; more are turned away. No limit when null.</summary>
    public int? QueueLimit { get; init; }

    /// <summary>Whether it logs each message that it is handed: see <see cref="KannelServer.Taken"/>.</summary>
    public bool Logs { get; init; }
}

/// <summary>
/// A private Kannel on free loopback ports, with its own test carrier: bearerbox, smsbox and fakesmsc, in a temporary folder that goes with it. What it has accepted and what it owes as
/// reports is kept in that folder, so that it survives a restart. Each program runs under a small shell that ends it when its input closes, so none outlives this process.
/// Numbers that begin with <see cref="DeniedPrefix"/> are refused.
/// </summary>
public sealed partial class KannelServer : IDisposable
{
    /// <summary>Numbers that begin so have no carrier.</summary>
    public const string DeniedPrefix = "+61499";

    /// <summary>The user that may send.</summary>
    public const string User = "connect";

    /// <summary>The password of that user, until <see cref="ChangePassword"/>.</summary>
    public const string Password = "pass word+1&ü";

    /// <summary>The password of the status page, and of the operator's commands.</summary>
    public const string AdminPassword = "status";

    private const string AccessLog = "smsbox-access.log";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("credits-kannel-");
    private readonly int adminPort = FreePort.Next();
    private readonly int boxPort = FreePort.Next();
    private readonly int carrierPort = FreePort.Next();
    private readonly int sendPort = FreePort.Next();
    private readonly KannelSetup setup;
    private readonly HttpClient http = new();
    private readonly KannelCarrier carrier = new();
    private string password = Password;
    private SupervisedProcess? bearerbox;
    private SupervisedProcess? smsbox;
    private SupervisedProcess? link;

    private KannelServer(KannelSetup setup) => this.setup = setup;

    /// <summary>Where messages are handed over.</summary>
    public Uri Url => new($"http://127.0.0.1:{sendPort}/cgi-bin/sendsms");

    /// <summary>bearerbox's status page.</summary>
    public Uri StatusUrl => new($"http://127.0.0.1:{adminPort}/status.xml");

    /// <summary>What has arrived at the carrier so far, in order; parts that belong together are put together.</summary>
    public KannelCarrier Carrier => carrier;

    /// <summary>Starts one with a carrier link and returns when it takes messages. Throws with what to install when there is no Kannel on this machine.</summary>
    public static async Task<KannelServer> Start(KannelSetup? setup = null)
    {
        foreach (var program in (string[])[Programs.Bearerbox, Programs.Smsbox, Programs.Carrier])
        {
            if (!File.Exists(program))
                throw new InvalidOperationException($"These tests need Kannel ({program}): apt-get install -y kannel kannel-extras");
        }

        var server = new KannelServer(setup ?? new());
        try
        {
            await server.StartBoxes();
            await server.RestoreLink();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Starts bearerbox and smsbox, in this order, and returns when they take messages.</summary>
    public async Task StartBoxes()
    {
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "kannel.conf"), Configuration());
        folder.CreateSubdirectory("store");
        folder.CreateSubdirectory("reports");
        bearerbox = SupervisedProcess.Start(folder.FullName, [Programs.Bearerbox, "-v", "2", "kannel.conf"]);
        await Eventually.True("bearerbox runs", async () => await Status() is not null, Tell);
        await StartSmsbox();
    }

    /// <summary>Starts the box that takes messages, and returns when it does.</summary>
    public async Task StartSmsbox()
    {
        smsbox = SupervisedProcess.Start(folder.FullName, [Programs.Smsbox, "-v", "2", "kannel.conf"]);
        await Eventually.True("smsbox runs", async () => (await Status())?.Contains("smsbox:", StringComparison.Ordinal) == true && await Answers(), Tell);
    }

    /// <summary>Ends both in order, as an operator would: what they accepted stays. Returns when they are gone.</summary>
    public async Task StopBoxes()
    {
        await smsbox!.Stop();
        await bearerbox!.Stop();
    }

    /// <summary>kill -9 of the box that answers; bearerbox stays.</summary>
    public Task KillSmsbox() => smsbox!.Kill();

    /// <summary>kill -9 of both boxes: nothing in them gets to finish.</summary>
    public async Task KillBoxes()
    {
        await smsbox!.Kill();
        await bearerbox!.Kill();
    }

    /// <summary>The receivers of all messages that the box which answers ever took, one for each time it was handed one, by its own log (<see cref="KannelSetup.Logs"/>).</summary>
    public async Task<IReadOnlyList<string>> Taken()
    {
        var receivers = new List<string>();
        await foreach (var line in File.ReadLinesAsync(Path.Combine(folder.FullName, AccessLog)))
        {
            if (TakenMessage().Match(line) is { Success: true } match)
                receivers.Add(match.Groups[1].Value);
        }

        return receivers;
    }

    /// <summary>The link to the carrier breaks. Messages on their way in this moment may be lost; do it when none are.</summary>
    public async Task CutLink()
    {
        await link!.Stop();
        await Eventually.True("the link is down", async () => await Status() is { } status && !IsLinked(status), Tell);
    }

    /// <summary>The link to the carrier is back; returns when Kannel says so.</summary>
    public Task RestoreLink() => Link();

    /// <summary>The operator stops the carrier's link: Kannel then takes no message for it.</summary>
    public async Task StopCarrier()
    {
        await http.GetStringAsync($"http://127.0.0.1:{adminPort}/stop-smsc?password={AdminPassword}&smsc=carrier");
        await Eventually.True("the link is stopped", async () => (await http.GetStringAsync($"{StatusUrl}?password={AdminPassword}")).Contains("<status>dead", StringComparison.Ordinal), Tell);
        await link!.Stop();
    }

    /// <summary>The operator starts it again; returns when the carrier is linked.</summary>
    public async Task StartCarrier()
    {
        await http.GetStringAsync($"http://127.0.0.1:{adminPort}/start-smsc?password={AdminPassword}&smsc=carrier");
        await Link();
    }

    /// <summary>Returns once the carrier has found the way back after <see cref="StartBoxes"/>: it ended with them, so this links it anew.</summary>
    public async Task Linked()
    {
        if (link is { } before)
        {
            // It reads what Kannel had still sent it, and then ends by itself; ended before that, it would lose some.
            await Eventually.True("the carrier has ended with the boxes", () => Task.FromResult(before.Output.Contains("fakesmsc: terminating", StringComparison.Ordinal)), Tell);
            await before.Stop();
        }

        await Link();
    }

    /// <summary>Returns when nothing waits, neither for the carrier nor as a report.</summary>
    public Task Quiet() => Eventually.True(
        "nothing waits",
        async () => await Status() is { } status && status.Contains("store size 0", StringComparison.Ordinal) && status.Contains("DLR: 0 queued", StringComparison.Ordinal) && !Waiting().IsMatch(status),
        Tell);

    /// <summary>A phone sends a message, through a new link. Only when no messages are on their way.</summary>
    public async Task Reply(string from, string to, string text)
    {
        await CutLink();
        await Link($"{from} {to} text {text}");
    }

    /// <summary>From the next start on the user's password is another.</summary>
    public void ChangePassword(string next) => password = next;

    /// <summary>The last lines that its programs wrote.</summary>
    public string Tell() => string.Join('\n', new[] { bearerbox, smsbox, link }.Select(process => process?.Output));

    /// <summary>Ends it and removes its folder.</summary>
    public void Dispose()
    {
        foreach (var process in new[] { link, smsbox, bearerbox })
            process?.Dispose();
        http.Dispose();
        folder.Delete(recursive: true);
    }

    [GeneratedRegex(@"send-SMS request added .* target:(\+?\d+) request:")]
    private static partial Regex TakenMessage();

    [GeneratedRegex(@"[1-9]\d* queued|queued [1-9]\d* msgs")]
    private static partial Regex Waiting();

    private static bool IsLinked(string status) => status.Contains("(online", StringComparison.Ordinal);

    private async Task Link(string? message = null)
    {
        // Without a message it is told to send none; it then only receives.
        string[] what = message is null ? ["-m", "0", "nobody nobody text nothing"] : ["-m", "1", "-i", "0.01", message];
        link = SupervisedProcess.Start(folder.FullName, [Programs.Carrier, "-H", "127.0.0.1", "-r", Text(carrierPort), .. what], carrier.Hear);
        await Eventually.True("the carrier is linked", async () => await Status() is { } status && IsLinked(status), Tell);
    }

    private async Task<string?> Status()
    {
        try
        {
            return await http.GetStringAsync($"http://127.0.0.1:{adminPort}/status.txt?password={AdminPassword}");
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private async Task<bool> Answers()
    {
        try
        {
            using var answer = await http.GetAsync(Url);
            return answer.StatusCode == HttpStatusCode.Forbidden;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private string Configuration() => $"""
        group = core
        admin-port = {adminPort}
        admin-interface = 127.0.0.1
        admin-password = {AdminPassword}
        smsbox-port = {boxPort}
        smsbox-interface = 127.0.0.1
        box-allow-ip = 127.0.0.1
        store-type = spool
        store-location = store
        dlr-storage = spool
        dlr-spool = reports
        {(setup.QueueLimit is { } limit ? $"sms-outgoing-queue-limit = {limit}" : "")}

        group = smsc
        smsc = fake
        smsc-id = carrier
        our-host = 127.0.0.1
        port = {carrierPort}
        connect-allow-ip = 127.0.0.1
        denied-prefix = {DeniedPrefix}

        group = smsbox
        bearerbox-host = 127.0.0.1
        sendsms-port = {sendPort}
        sendsms-interface = 127.0.0.1
        http-request-retry = 100
        http-queue-delay = 1
        {(setup.Logs ? $"access-log = {AccessLog}" : "")}

        group = sendsms-user
        username = {User}
        password = "{password}"
        max-messages = 4
        concatenation = true
        {(setup.InboundUrl is { } url ? $"""

        group = sms-service
        keyword = default
        catch-all = true
        max-messages = 0
        get-url = "{url}"
        """ : "")}

        """;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static class Programs
    {
        public const string Bearerbox = "/usr/sbin/bearerbox";
        public const string Smsbox = "/usr/sbin/smsbox";
        public const string Carrier = "/usr/lib/kannel/test/fakesmsc";
    }
}
