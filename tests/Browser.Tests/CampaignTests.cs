using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Connect.Browser.Tests;

[Collection(Browsing.Name)]
public sealed class CampaignTests(World world)
{
    [Fact]
    public async Task A_campaign_is_priced_sent_and_followed_to_its_end()
    {
        await world.Reset(250);
        var page = await Write("Friday oysters", "Hi {firstName}, oysters are $2 on Friday.", "+61400000001,Sam\n0400 000 002,Kim\n+61400000001,Sam again\nnot a number");
        await page.Says("needed", "2");
        await page.Says("skipped", "2");
        await Assertions.Expect(page.GetByText("Your credits cover it.")).ToBeVisibleAsync();
        await page.IsAccessible();
        await page.Button("Send now").ClickAsync();
        await page.Loaded("Friday oysters");
        await Assertions.Expect(page.Locator(".page-head .chip")).ToHaveTextAsync("Completed");
        await page.Says("sent", "2");
        await page.Says("skipped", "2");
        await page.Says("remaining", "0");
        await page.Says("used", "2");
        await page.ShowsCredits("248");
        await page.IsAccessible();
    }

    [Fact]
    public async Task A_campaign_that_runs_out_stops_and_its_duplicate_reaches_the_rest()
    {
        await world.Reset(118);
        await world.DismissAlerts();
        var page = await Write("Summer menu", "Our summer menu is here.", World.Numbers(150));
        await page.Says("needed", "150");
        await page.Says("cost-available", "118");
        await page.Says("shortfall", "32");
        await Assertions.Expect(page.Button("Buy 100 credits")).ToBeVisibleAsync();
        await page.Shot("10-new-campaign-short");
        await page.Button("Send now").ClickAsync();
        await page.Mentions("stopped", "Stopped: credits ran out after 118 of 150");
        await page.Says("sent", "118");
        await page.Says("remaining", "32");
        await page.ShowsCredits("0");
        await page.IsAccessible();
        await page.Shot("11-stopped");
        await AlertsAreShownAndDismissed(page);
        await page.GoBackAsync();

        await page.Button("Duplicate for the remaining 32").ClickAsync();
        await page.Says("needed", "32");
        await page.Says("shortfall", "32");
        await page.GetByRole(AriaRole.Link, new() { Name = "Buy 100 credits" }).ClickAsync();
        await page.Loaded("Buy credit");
        await page.Button("Buy credits").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Back to your campaign" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Your credits cover it.")).ToBeVisibleAsync();
        await page.IsAccessible();
        await page.Button("Send now").ClickAsync();
        await Assertions.Expect(page.Locator(".page-head .chip")).ToHaveTextAsync("Completed");
        await page.Says("sent", "32");
        await page.ShowsCredits("68");
        await page.Shot("13-completed");
        await page.GotoAsync("/campaigns");
        await page.Loaded("Campaigns");
        await page.IsAccessible();
        await page.Shot("14-campaigns");
    }

    [Fact]
    public async Task Progress_is_live_and_a_stopped_send_can_be_duplicated_for_the_rest()
    {
        await world.Reset(30_000);
        await world.SlowSms(300);
        try
        {
            var page = await Write("Slow", "Hello.", World.Numbers(20_000, from: 10_000));
            await page.Says("needed", "20,000");
            await page.Button("Send now").ClickAsync();
            await Assertions.Expect(page.Locator(".page-head .chip")).ToHaveTextAsync("Sending");
            await Assertions.Expect(page.GetByTestId("sent")).Not.ToHaveTextAsync("0");
            var before = await page.GetByTestId("sent").TextContentAsync();
            await Assertions.Expect(page.GetByTestId("sent")).Not.ToHaveTextAsync(before!);
            await Assertions.Expect(page.GetByRole(AriaRole.Progressbar)).ToHaveAttributeAsync("aria-valuenow", new Regex("^[0-9]+$"));
            await page.IsAccessible();
            await page.Shot("17-sending");
            await world.SmsGateway(available: false);
            await page.Mentions("waiting", "Waiting for the SMS gateway since ");
            await page.Shot("17-waiting");
            await page.Button("Stop sending").ClickAsync();
            await Assertions.Expect(page.Locator(".page-head .chip")).ToHaveTextAsync("Cancelled");
            await Assertions.Expect(page.GetByTestId("waiting")).ToHaveCountAsync(0);
            var remaining = await page.GetByTestId("remaining").TextContentAsync();
            await page.Button($"Duplicate for the remaining {remaining}").ClickAsync();
            await page.Says("needed", remaining!);
        }
        finally
        {
            await world.SmsGateway(available: true);
            await world.SlowSms(0);
        }
    }

    [Fact]
    public async Task Duplicating_twice_leads_to_the_same_draft()
    {
        await world.Reset(1);
        var page = await Write("Twice", "Hello.", World.Numbers(3, from: 900));
        await page.Says("shortfall", "2");
        await page.Button("Send now").ClickAsync();
        await page.Button("Duplicate for the remaining 2").ClickAsync();
        await page.Says("needed", "2");
        var draft = page.Url;
        await page.GoBackAsync();
        await page.Button("Duplicate for the remaining 2").ClickAsync();
        await page.Says("needed", "2");
        Assert.Equal(draft, page.Url);
    }

    [Fact]
    public async Task The_counter_names_the_characters_that_make_a_text_unicode()
    {
        await world.Reset(250);
        var page = await world.SignedIn(path: "/campaigns/new");
        await page.Loaded("New campaign");
        await page.GetByLabel("Text", new() { Exact = true }).FillAsync(new string('a', 160));
        await page.Mentions("part-meter", "1 part = 1 credit a recipient. 160 characters, 0 left in this part.");
        await page.GetByLabel("Text", new() { Exact = true }).FillAsync(new string('a', 161));
        await page.Mentions("part-meter", "2 parts = 2 credits a recipient.");
        await page.GetByLabel("Text", new() { Exact = true }).FillAsync("Cocktails \U0001F378 from ₿5");
        await page.Mentions("part-meter", "not in the standard SMS alphabet, so a part holds 70 characters instead of 160.");
        await Assertions.Expect(page.Locator(".character")).ToHaveTextAsync(["\U0001F378", "₿"]);
        await page.IsAccessible();
        await page.Shot("15-unicode");
        await page.GetByLabel("Text", new() { Exact = true }).FillAsync("“Happy hour” – it’s on… for {firstName|you} 🍸 " + new string('a', 80));
        await page.Mentions("plain-offer", "🍸 left out");
        await page.Mentions("plain-offer", "saves 1 credit a recipient");
        await page.IsAccessible();
        await page.Shot("15-plain-offer");
        await page.Button("Use plain characters").ClickAsync();
        await page.Mentions("part-meter", "1 part = 1 credit a recipient.");
        await Assertions.Expect(page.Locator("#text")).ToHaveValueAsync("\"Happy hour\" - it's on... for {firstName|you}  " + new string('a', 80));
        await Assertions.Expect(page.Locator("#text")).ToBeFocusedAsync();
        await Assertions.Expect(page.GetByTestId("plain-offer")).ToHaveCountAsync(0);
        await page.GetByLabel("Text", new() { Exact = true }).FillAsync(new string('a', 481));
        await page.Mentions("part-meter", "A message has at most three parts: shorten it.");
    }

    [Fact]
    public async Task What_is_missing_is_said_at_its_field_and_takes_the_focus()
    {
        await world.Reset(250);
        var page = await world.SignedIn(path: "/campaigns/new");
        await page.Loaded("New campaign");
        await page.Button("Send now").ClickAsync();
        await Assertions.Expect(page.Locator("#name")).ToBeFocusedAsync();
        await Assertions.Expect(page.Locator("#name-error")).ToHaveTextAsync("Give the campaign a name.");
        await Assertions.Expect(page.Locator("#text-error")).ToHaveTextAsync("Write the text.");
        await Assertions.Expect(page.Locator("#recipients-error")).ToHaveTextAsync("Add at least one recipient.");
        await page.IsAccessible();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("A name");
        await page.GetByLabel("Text", new() { Exact = true }).FillAsync(new string('a', 481));
        await page.Button("Send now").ClickAsync();
        await Assertions.Expect(page.Locator("#text")).ToBeFocusedAsync();
        await Assertions.Expect(page.Locator("#text-error")).ToHaveTextAsync("A message has at most three parts: shorten it.");
    }

    [Fact]
    public async Task Recipients_come_from_a_file_as_well()
    {
        await world.Reset(250);
        var page = await Write("From a file", "Hi {firstName}!", "");
        await page.Locator("#csv").SetInputFilesAsync(new FilePayload
        {
            Name = "guests.csv", MimeType = "text/csv", Buffer = "mobile,firstName\n+61400000011,Ana\n+61400000012,\"O'Neil, Pat\"\n"u8.ToArray(),
        });
        await page.Says("needed", "2");
        await page.Says("recipients", "2");
        await Assertions.Expect(page.GetByTestId("preview").Locator(".bubble")).ToHaveTextAsync(["Hi Ana!", "Hi O'Neil, Pat!"]);
    }

    [Fact]
    public async Task A_long_list_is_streamed_into_a_draft_that_names_the_rows_it_left_out()
    {
        const int rows = 60_000;
        await world.Reset(250);
        var page = await Write("Everybody", "Hi {firstName|there}!", "");
        var list = new System.Text.StringBuilder("mobile,firstName\n");
        for (var row = 0; row < rows; row++)
            list.Append(System.Globalization.CultureInfo.InvariantCulture, $"+614{20_000_000 + row},G{row}").Append(row == 2 ? ",too,many\n" : "\n");
        await page.Locator("#csv").SetInputFilesAsync(new FilePayload { Name = "guests.csv", MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes(list.ToString()) });
        await page.Mentions("file-note", "guests.csv: 60,000 rows");
        await page.Mentions("unreadable", "guests.csv, line 4");
        await page.Mentions("cost", "its draft shows the exact cost before you send");
        await Assertions.Expect(page.Button("Send now")).ToHaveCountAsync(0);
        await page.IsAccessible();
        await page.Shot("18-long-list");
        await page.Button("Save draft").ClickAsync();
        await page.Says("needed", "59,999");
        await page.Says("skipped", "1");
        await page.Locator("#status").SelectOptionAsync("Left out");
        await Assertions.Expect(page.GetByTestId("recipient-rows").Locator("tbody tr")).ToHaveCountAsync(1);
        await page.Mentions("recipient-rows", "+61420000002");
        await page.IsAccessible();
        await page.Shot("18-long-draft");
        var file = await page.APIRequest.GetAsync(await page.Link("Download CSV").GetAttributeAsync("href") ?? "");
        Assert.Contains("+61420000002", await file.TextAsync(), StringComparison.Ordinal);
        // Nobody failed, which takes long to find out; what is chosen after it does not.
        await page.Locator("#status").EvaluateAsync("select => { for (const value of ['failed', 'all']) { select.value = value; select.dispatchEvent(new Event('change', { bubbles: true })); } }");
        await Assertions.Expect(page.GetByTestId("recipient-rows").Locator("tbody tr").First).ToContainTextAsync("+61420000000");
        await page.Button("Next").ClickAsync();
        await Assertions.Expect(page.GetByTestId("recipient-rows").Locator("tbody tr").First).ToContainTextAsync("+61420000020");
        await page.Button("Discard draft").ClickAsync();
        await Assertions.Expect(page.Locator(".page-head .chip")).ToHaveTextAsync("Cancelled");
    }

    [Fact]
    public async Task A_time_is_chosen_and_what_expires_before_it_is_not_counted()
    {
        await world.Reset(250);
        var page = await Write("Later", "Hello.", World.Numbers(3, from: 700));
        await page.Says("needed", "3");
        await page.GetByLabel("At a time").CheckAsync();
        var at = page.GetByLabel("Date and time in Australia/Sydney");
        var now = await world.Now();
        await at.FillAsync(now.AddDays(120).ToString("yyyy-MM-ddTHH:mm", System.Globalization.CultureInfo.InvariantCulture));
        await at.BlurAsync();
        await page.Says("cost-available", "0");
        await page.Says("shortfall", "3");
        await page.Mentions("expiring", "250 credits of today's balance expire before then");
        await page.Mentions("too-far", "Credits that you buy now will have expired by then.");
        await page.IsAccessible();
        await page.Shot("19-scheduled-short");
        await at.FillAsync(now.AddDays(-3).ToString("yyyy-MM-ddTHH:mm", System.Globalization.CultureInfo.InvariantCulture));
        await at.BlurAsync();
        await page.Button("Schedule").ClickAsync();
        await Assertions.Expect(page.Locator("#at-error")).ToHaveTextAsync("This time is past. Choose a later one.");
        await Assertions.Expect(at).ToBeFocusedAsync();
        await at.FillAsync(now.AddDays(10).ToString("yyyy-MM-ddTHH:mm", System.Globalization.CultureInfo.InvariantCulture));
        await at.BlurAsync();
        await page.Button("Schedule").ClickAsync();
        await page.Mentions("scheduled", "It is sent on ");
        await page.IsAccessible();
        await page.Button("Cancel the send").ClickAsync();
        await Assertions.Expect(page.Locator(".page-head .chip")).ToHaveTextAsync("Cancelled");
        Assert.Equal(250, await world.Available());
    }

    [Fact]
    public async Task A_member_sends_without_seeing_the_balance()
    {
        await world.Reset(250);
        var page = await Write("From a member", "Hello.", "+61400000021", person: "Mel Member");
        await page.Says("needed", "1");
        await Assertions.Expect(page.GetByTestId("cost-available")).ToHaveCountAsync(0);
        await page.Button("Send now").ClickAsync();
        await page.Says("sent", "1");
    }

    [Fact]
    public async Task An_unknown_campaign_says_so()
    {
        var page = await world.SignedIn(path: "/campaigns/nothing-here");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("There is no campaign here.");
        await page.IsAccessible();
        await page.GotoAsync("/nothing/here");
        await Assertions.Expect(page.Heading("There is no such page")).ToBeVisibleAsync();
        await page.IsAccessible();
    }

    private static async Task AlertsAreShownAndDismissed(IPage page)
    {
        await Assertions.Expect(page.GetByTestId("bell")).ToHaveAccessibleNameAsync("Alerts: 1 alert to see");
        await page.Says("alert-banner", "");
        await page.GetByTestId("bell").ClickAsync();
        await page.Loaded("Alerts");
        await Assertions.Expect(page.GetByTestId("alert")).ToContainTextAsync("118 of 150 recipients were sent the message; 32 received nothing.");
        await page.IsAccessible();
        await page.Shot("16-alerts");
        await page.Link("Connect").ClickAsync();
        await page.Mentions("alert-banner", "“Summer menu” stopped: credits ran out.");
        await page.IsAccessible();
        await page.GoBackAsync();
        await page.Button("Dismiss: “Summer menu” stopped: credits ran out").ClickAsync();
        await Assertions.Expect(page.Heading("Alerts")).ToBeFocusedAsync();
        await Assertions.Expect(page.Heading("Nothing to see")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByTestId("bell")).ToHaveAccessibleNameAsync("Alerts");
    }

    private async Task<IPage> Write(string name, string text, string recipients, string person = "Ada Admin")
    {
        var page = await world.SignedIn(person, "/campaigns/new");
        await page.Loaded("New campaign");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await page.GetByLabel("Text", new() { Exact = true }).FillAsync(text);
        // As a paste arrives: in one piece. Typing thousands of lines takes the browser itself long.
        await page.GetByLabel("Recipients", new() { Exact = true })
            .EvaluateAsync("(field, text) => { field.focus(); field.value = text; field.dispatchEvent(new Event('input', { bubbles: true })); }", recipients);
        return page;
    }
}
