namespace Connect.Testing;

/// <summary>The program as one process with embedded data in a folder of its own, which outlives the process and goes with this.</summary>
public sealed class EmbeddedProgram : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("credits-").FullName;
    private ProgramProcess? process;
    private int visits;

    /// <summary>Where it listens.</summary>
    public Uri Url => process!.Url;

    /// <summary>Starts it on a fresh folder.</summary>
    public static async Task<EmbeddedProgram> Start()
    {
        var program = new EmbeddedProgram();
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
        process = await ProgramProcess.Start("Api", new Dictionary<string, string> { ["Credits:DataDirectory"] = folder }, url);
    }
}
