namespace Connect.Testing;

/// <summary>The program in its large shape: silo processes on one PostgreSQL, and one API process that is their client.</summary>
public sealed class ClusteredProgram : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("credits-").FullName;
    private readonly Dictionary<int, ProgramProcess> silosByPort = [];
    private ProgramProcess? api;

    /// <summary>The database that its silos share; a client finds them there.</summary>
    public required string PostgreSql { get; init; }

    /// <summary>Where the API listens.</summary>
    public Uri Url => api!.Url;

    /// <summary>Starts it on a database of its own, with settings that differ from its own.</summary>
    public static Task<ClusteredProgram> Start(PostgresServer server, int silos, params KeyValuePair<string, string>[] different) =>
        Start(server, silos, new Uri($"http://127.0.0.1:{FreePort.Next()}"), different);

    /// <summary>The same, with its API at an address that its settings name.</summary>
    public static async Task<ClusteredProgram> Start(PostgresServer server, int silos, Uri url, params KeyValuePair<string, string>[] different)
    {
        var program = new ClusteredProgram { PostgreSql = server.CreateDatabase() };
        try
        {
            var settings = new Dictionary<string, string>(different) { ["Credits:PostgreSql"] = program.PostgreSql, ["Credits:DataDirectory"] = program.folder };
            // The sandbox of Stripe is in the API process, so its address is known before the silos start.
            for (var silo = 0; silo < silos; silo++)
            {
                var port = FreePort.Next();
                var own = new Dictionary<string, string>(settings) { ["Silo:Port"] = $"{port}", ["Stripe:ApiBase"] = $"{url}sandbox/stripe" };
                program.silosByPort[port] = await ProgramProcess.Start("Silo", own);
            }

            program.api = await ProgramProcess.Start("Api", settings, url);
            return program;
        }
        catch
        {
            program.Dispose();
            throw;
        }
    }

    /// <summary>The last lines that its processes wrote, for the message of a failed test.</summary>
    public string Output => string.Join('\n', silosByPort.Select(silo => $"== Silo {silo.Key}\n{silo.Value.Output}").Append($"== API\n{api?.Output}"));

    /// <summary>kill -9 of the silo with that identity, as an operator's view of a grain tells it.</summary>
    public void KillSilo(string identity)
    {
        var (_, silo) = silosByPort.Single(entry => identity.Contains($":{entry.Key}:", StringComparison.Ordinal));
        silo.Kill();
    }

    /// <summary>Ends it and removes its data.</summary>
    public void Dispose()
    {
        api?.Dispose();
        foreach (var silo in silosByPort.Values)
            silo.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
