using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Connect.Testing;

/// <summary>
/// One long campaign on the embedded program, ended by kill -9 several times while it sends, with credits for nearly all of it. In the end the campaign's figures, every row of its list, the
/// records of the SMS gateway and the ledger are compared with what a model of a few lines says: who is skipped, what each text costs, and which row is the last one paid for.
/// </summary>
/// <param name="say">Hears what happened.</param>
/// <param name="recipients">Rows of the list.</param>
/// <param name="kills">How often the program is killed while it sends.</param>
public sealed class GreatCampaign(Action<string> say, int recipients, int kills)
{
    private const string Account = "great";
    private const string Greeting = "Hi ", Rest = ", two for one on Tuesday at The Anchor. Reply STOP to opt out.", Nobody = "there";

    // What is left unpaid at the end, so that the stop is seen as well.
    private readonly int missing = Math.Min(10_007, recipients / 10);

    /// <summary>Plays it; throws when anything is not as it must be.</summary>
    public async Task Run()
    {
        var watch = Stopwatch.StartNew();
        using var program = await EmbeddedProgram.Start();
        var client = await program.SignIn(Account);
        var model = Model.Of(recipients, missing);
        using (var operators = await program.SignIn(Account, "operator"))
            await operators.Post($"/v1/operator/accounts/{Account}/grants", new { credits = model.Granted, reason = "the great campaign" });
        var before = program.WorkingSet;
        var campaign = await Import(client);
        say($"{recipients:N0} rows imported in {watch.Elapsed.TotalSeconds:N1} s; the process holds {Megabytes(before)} before and {Megabytes(program.WorkingSet)} after it.");

        watch.Restart();
        await client.Post($"campaigns/{campaign}/send");
        for (var kill = 1; kill <= kills; kill++)
        {
            var enough = (long)model.Paid * kill / (kills + 1);
            var told = await Eventually.Of($"{enough:N0} messages are sent", () => client.Campaign(campaign), figures => figures.Sent + figures.Unknown >= enough);
            var held = program.WorkingSet;
            await program.KillAndStartAgain();
            client.Dispose();
            client = await program.SignIn(Account);
            // The pages in flight are counted again when their turn comes.
            var now = await Eventually.Of("what was told sent is sent or unknown", () => client.Campaign(campaign), figures => figures.Sent + figures.Unknown >= told.Sent);
            say($"kill -9 at {told.Sent:N0} sent (the process held {Megabytes(held)}); after the start: {now.Sent:N0} sent, {now.Unknown:N0} unknown.");
        }

        var ended = await client.EndOfCampaign(campaign);
        say($"{ended.Status} after {watch.Elapsed.TotalSeconds:N1} s with {kills} kills: sent {ended.Sent:N0}, unknown {ended.Unknown:N0}, skipped {ended.Skipped:N0}, remaining {ended.Remaining:N0}, "
            + $"{ended.CreditsUsed:N0} credits; the process holds {Megabytes(program.WorkingSet)}.");
        Expect("it stops out of credits", ended.Status == "stopped_out_of_credits", ended);
        Expect("the figures are exact", ended.Total == recipients && ended.Skipped == model.Skipped && ended.Sent + ended.Unknown == model.Paid && ended.Remaining == model.Remaining
            && ended.CreditsUsed == model.Used, $"{ended}; {model}");
        Expect("without a kill nothing is in doubt", kills > 0 || ended.Unknown == 0, ended);
        Expect("the balance is what was not enough for one more", await client.Available() == model.Granted - model.Used, await client.Available());
        await ExpectList(client, campaign, program.Messages().Select(message => message.To), model);
        await ExpectConservation(program);
        client.Dispose();
        say($"Nobody received the message twice, nobody behind row {model.LastPaid:N0} received it, {model.Granted:N0} granted = {model.Granted - model.Used:N0} left + {model.Used:N0} spent. Conservation holds.");
    }

    private async Task<string> Import(CreditsClient client)
    {
        var query = $"name=Great&text={Uri.EscapeDataString(Greeting + "{firstName|" + Nobody + "}" + Rest)}";
        using var rows = new MemoryStream();
        using (var csv = new StreamWriter(rows, new UTF8Encoding(false), leaveOpen: true))
        {
            csv.NewLine = "\n";
            await csv.WriteLineAsync("to,firstName");
            for (var row = 0; row < recipients; row++)
                await csv.WriteLineAsync($"{Model.To(row)},{Model.Name(row)}");
        }

        rows.Position = 0;
        return (await client.Upload($"campaigns?{query}", rows, "text/csv")).GetProperty("id").GetString()!;
    }

    private async Task ExpectList(CreditsClient client, string campaign, IEnumerable<string> gateway, Model model)
    {
        var received = new HashSet<string>();
        foreach (var to in gateway)
            Expect("nobody receives a message twice", received.Add(to), to);
        var inDoubt = 0L;
        var row = 0;
        await foreach (var recipient in client.EachRecipient(campaign))
        {
            var (to, status) = (recipient.GetProperty("to").GetString()!, recipient.GetProperty("status").GetString()!);
            var expected = model.Status(row);
            Expect("every row is as the model says", expected == "sent" ? status is "sent" or "unknown" : status == expected, $"row {row}: {status}, not {expected}");
            // The number of a duplicate was received under its first row.
            Expect("who counts as sent has received it", status != "sent" || received.Remove(to), $"row {row}");
            if (status == "unknown")
                inDoubt += received.Remove(to) ? 1 : 0;
            row++;
        }

        Expect("nobody else has received anything", received.Count == 0 && row == model.Rows, $"{received.Count}, {row}");
        if (inDoubt > 0)
            say($"Of the unknown ones the gateway has {inDoubt:N0}.");
    }

    private static async Task ExpectConservation(EmbeddedProgram program)
    {
        using var operators = await program.SignIn(Account, "operator");
        var check = (await operators.Get($"/v1/operator/accounts/{Account}")).GetProperty("check");
        Expect("conservation holds", check.GetProperty("findings").GetArrayLength() == 0, check);
    }

    private static string Megabytes(long bytes) => $"{bytes / 1024.0 / 1024:N0} MB";

    private static void Expect(string what, bool holds, object? found = null)
    {
        if (!holds)
            throw new InvalidOperationException($"Expected that {what}. {found}");
    }

    // What must come out, told without any of the program's code.
    private sealed record Model(int Rows, long Granted, long Used, int Paid, int Skipped, int LastPaid)
    {
        public int Remaining => Rows - Skipped - Paid;

        public static Model Of(int rows, int missing)
        {
            var all = Enumerable.Range(0, rows).Select(row => IsMalformed(row) || IsRepeated(row) ? 0 : Parts(row)).ToArray();
            var granted = all.Sum() - missing;
            var (used, paid, last) = (0L, 0, -1);
            for (var row = 0; row < rows && used + all[row] <= granted; row++)
            {
                if (all[row] == 0)
                    continue;
                (used, paid, last) = (used + all[row], paid + 1, row);
            }

            return new(rows, granted, used, paid, all.Count(parts => parts == 0), last);
        }

        public static string To(int row) => IsMalformed(row) ? $"04{row}x" : $"+614{(IsRepeated(row) ? 0 : row):D8}";

        public static string Name(int row) => (row % 40) switch { 0 => "", 7 => "Łucja-Maria", 13 => new string('n', 120), _ => "Ada" };

        public string Status(int row) =>
            IsMalformed(row) ? "skipped_invalid_number" : IsRepeated(row) ? "skipped_duplicate" : row <= LastPaid ? "sent" : "not_sent_out_of_credits";

        private static bool IsMalformed(int row) => row % 997 == 13;

        private static bool IsRepeated(int row) => row % 499 == 7;

        private static int Parts(int row)
        {
            var name = Name(row) is { Length: > 0 } given ? given : Nobody;
            var size = Greeting.Length + name.Length + Rest.Length;
            return (size + (name[0] == 'Ł' ? 69 : 159)) / (name[0] == 'Ł' ? 70 : 160);
        }
    }
}
