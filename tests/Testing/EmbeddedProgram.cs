namespace Connect.Testing;

/// <summary>The program as one process with embedded data in a folder of its own, which outlives the process and goes with this.</summary>
public sealed class EmbeddedProgram : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("credits-").FullName;
    private readonly Dictionary<string, string> settings;
    private ProgramProcess? process;
    private int visits;

    private EmbeddedProgram(IEnumerable<KeyValuePair<string, string>> settings) =>
        this.settings = new(settings) { ["Credits:DataDirectory"] = folder };

    /// <summary>Where it listens.</summary>
    public Uri Url => process!.Url;

    /// <summary>Starts it on a fresh folder, with settings that differ from its own.</summary>
    public static async Task<EmbeddedProgram> Start(params KeyValuePair<string, string>[] settings)
    {
        var program = new EmbeddedProgram(settings);
        await program.StartAgain();
        return program;
    }

    /// <summary>Bytes of memory that the process holds.</summary>
    public long WorkingSet => process!.WorkingSet;

    /// <summary>What the SMS sandbox took.</summary>
    public IEnumerable<SmsRecord> Messages() => SmsRecords.Read(folder);

    /// <summary>Signs a person in.</summary>
    public Task<CreditsClient> SignIn(string account, string role = "admin") => CreditsClient.SignIn(Url, account, role, $"{++visits}");

    /// <summary>kill -9, and a start on the same data and the same address.</summary>
    public async Task KillAndStartAgain()
    {
        process!.Kill();
        await StartAgain();
    }

    /// <summary>Ends it and removes its data.</summary>
    public void Dispose()
    {
        process?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task StartAgain()
    {
        var url = process?.Url;
        process?.Dispose();
        process = await ProgramProcess.Start("Api", settings, url);
    }
}
