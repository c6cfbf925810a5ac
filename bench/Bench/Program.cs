using Connect.Bench;
using Connect.Bench.Sections;
using Connect.Testing;
using Spectre.Console;

BenchOptions options;
try
{
    options = BenchOptions.Parse(args);
}
catch (ArgumentException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}

using var server = PostgresServer.Start();
var run = new BenchRun(server, options);
var figures = new List<Figure>();
foreach (var section in options.Sections)
{
    figures.AddRange(await (section switch
    {
        'a' => DebitSection.OneAccount(run),
        'b' => DebitSection.ManyAccounts(run),
        'c' => CampaignSection.Measure(run),
        'd' => ActivationSection.Measure(run),
        'f' => AutomationSection.Measure(run),
        'k' => KannelSection.Measure(run),
        'g' => ManyCampaignsSection.Measure(run),
        'm' => CampaignMemorySection.Measure(run),
        _ => MemorySection.Measure(run),
    }));
}

// Into a file there is no width to fit: one line for each figure.
if (Console.IsOutputRedirected)
    AnsiConsole.Profile.Width = 180;
AnsiConsole.Write(Report.Table(figures, options));
return figures.TrueForAll(figure => figure.Met) ? 0 : 1;
