using System.Text;
using Connect.Testing;

namespace Connect.Bench.Sections;

/// <summary>
/// Section m: the most memory that the program, as one process with embedded data, holds while it sends a campaign: of a million recipients, beside one of a hundred thousand. The program is started anew
/// between import and send, so that what the import has left in memory does not hide what the send takes.
/// </summary>
public static class CampaignMemorySection
{
    private const double Target = 1.2;
    private const string Account = "m";

    /// <summary>Measures both sizes.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(BenchRun bench)
    {
        var (small, large) = bench.Options.Quick ? (10_000, 100_000) : (100_000, 1_000_000);
        var ofSmall = await Peak(small);
        bench.Say($"m: {small:N0} recipients {Megabytes(ofSmall)}");
        var ofLarge = await Peak(large);
        bench.Say($"m: {large:N0} recipients {Megabytes(ofLarge)}");
        return
        [
            new Figure("m", $"process while it sends to {large:N0} recipients", Megabytes(ofLarge), $"to {small:N0} recipients: {Megabytes(ofSmall)}", (double)ofLarge / ofSmall, Target, AtLeast: false),
        ];
    }

    private static async Task<long> Peak(int recipients)
    {
        using var program = await EmbeddedProgram.Start();
        using (var operators = await program.SignIn(Account, "operator"))
            await operators.Post($"/v1/operator/accounts/{Account}/grants", new { credits = recipients, reason = "bench" });
        string campaign;
        using (var client = await program.SignIn(Account))
        {
            using var rows = new MemoryStream();
            using (var csv = new StreamWriter(rows, new UTF8Encoding(false), leaveOpen: true))
            {
                await csv.WriteLineAsync("to,firstName");
                for (var row = 0; row < recipients; row++)
                    await csv.WriteLineAsync($"+614{row:D8},Ada");
            }

            rows.Position = 0;
            campaign = (await client.Upload($"campaigns?name=Memory&text={Uri.EscapeDataString("Hi {firstName}, two for one on Tuesday.")}", rows, "text/csv")).GetProperty("id").GetString()!;
        }

        await program.KillAndStartAgain();
        using var sender = await program.SignIn(Account);
        await sender.Post($"campaigns/{campaign}/send");
        long peak = 0;
        await Eventually.True("the campaign ends", async () =>
        {
            peak = Math.Max(peak, program.WorkingSet);
            return (await sender.Campaign(campaign)).Status == "completed";
        });
        return peak;
    }

    private static string Megabytes(long bytes) => $"{bytes / 1024.0 / 1024:N0} MB";
}
