using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Connect.Browser.Tests;

[Collection(Browsing.Name)]
public sealed class DraftTests(World world)
{
    [Fact]
    public async Task A_draft_is_edited_and_costs_what_the_new_text_costs()
    {
        await world.Reset(250);
        var draft = await world.Draft("Frday", "Hello.", 3);
        var page = await world.SignedIn(path: $"/campaigns/{draft}");
        await page.Loaded("Frday");
        await page.Says("needed", "3");
        await page.Button("Edit").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Heading("Edit")).ToBeFocusedAsync();
        await Assertions.Expect(page.Button("Send now")).ToHaveCountAsync(0);
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("");
        await page.GetByLabel("Text", new() { Exact = true }).FillAsync(new string('a', 161));
        await page.Mentions("part-meter", "2 parts = 2 credits a recipient.");
        await page.Says("new-cost", "3 recipients at 2 credits each: 6 credits, instead of 3.");
        await page.Button("Save changes").ClickAsync();
        await Assertions.Expect(page.Locator("#name")).ToBeFocusedAsync();
        await Assertions.Expect(page.Locator("#name-error")).ToHaveTextAsync("Give the campaign a name.");
        await page.IsAccessible();
        await page.Shot("50-edit");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Friday");
        await page.Button("Save changes").ClickAsync();
        await page.Loaded("Friday");
        await page.Says("needed", "6");
        await Assertions.Expect(page.Button("Send now")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByTestId("editor")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Button("Edit")).ToBeFocusedAsync();

        await page.Button("Edit").ClickAsync();
        await page.GetByLabel("Text", new() { Exact = true }).FillAsync("Hi {firstName}");
        await page.Says("new-cost", "What it costs is counted for every recipient when you save.");
        await page.Button("Save changes").ClickAsync();
        await Assertions.Expect(page.Locator("#text-error")).ToContainTextAsync("places that the list of this campaign was not kept for");
        await Assertions.Expect(page.Locator("#text")).ToBeFocusedAsync();
        await page.Button("Leave as it is").ClickAsync();
        await Assertions.Expect(page.Button("Edit")).ToBeFocusedAsync();
        await world.Cancel(draft);
    }

    [Fact]
    public async Task A_scheduled_campaign_says_what_others_take_first_and_gets_another_time()
    {
        await world.Reset(250);
        var now = await world.Now();
        var first = await world.Draft("First", "Hello.", 200, now.AddDays(1));
        await world.Send(first);
        var second = await world.Draft("Second", "Hello.", 100, now.AddDays(2));
        await world.Send(second);
        var page = await world.SignedIn(path: $"/campaigns/{second}", width: 390);
        await page.Loaded("Second");
        await page.Mentions("scheduled", "It is sent on ");
        await page.Says("cost-available", "250");
        await page.Says("promised", "200");
        await page.Says("shortfall", "50");
        await page.FitsItsWindow();
        await page.IsAccessible();
        await page.Shot("51-phone-scheduled-short");

        await page.GetByTestId("bell").ClickAsync();
        await page.Loaded("Alerts");
        await Assertions.Expect(page.GetByTestId("alert").First).ToContainTextAsync("250 will be available then, less 200 that other campaigns take first: 50 too few.");
        await page.GoBackAsync();
        await page.Loaded("Second");

        await page.Button("Edit").ClickAsync();
        var at = page.GetByLabel("Date and time in Australia/Sydney");
        await at.FillAsync(now.AddDays(-3).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture));
        await page.Button("Save changes").ClickAsync();
        await Assertions.Expect(page.Locator("#at-error")).ToHaveTextAsync("This time is past. Choose a later one.");
        await Assertions.Expect(at).ToBeFocusedAsync();
        await page.FitsItsWindow();
        await page.IsAccessible();
        await page.Shot("52-phone-edit");
        await at.FillAsync(now.AddHours(20).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture));
        await page.Button("Save changes").ClickAsync();
        await Assertions.Expect(page.GetByTestId("promised")).ToHaveCountAsync(0);
        await Assertions.Expect(page.GetByTestId("cost")).ToContainTextAsync("Your credits cover it.");
        await world.Cancel(first);
        await world.Cancel(second);
    }

    [Fact]
    public async Task What_a_colleague_does_with_a_draft_shows_on_the_pages_that_are_open()
    {
        await world.Reset(250);
        var draft = await world.Draft("Frday", "Hello.", 3);
        var page = await world.SignedIn(path: $"/campaigns/{draft}");
        await page.Loaded("Frday");
        await page.Button("Edit").ClickAsync();
        await page.GetByLabel("Text", new() { Exact = true }).FillAsync("Hello!");
        await world.Rename(draft, "Friday");
        await Assertions.Expect(page.Heading("Friday")).ToBeVisibleAsync();
        await page.Button("Save changes").ClickAsync();
        await Assertions.Expect(page.Locator(".bubble")).ToHaveTextAsync("Hello!");
        await Assertions.Expect(page.Heading("Friday")).ToBeVisibleAsync();

        var sent = await world.Draft("Sent", "Hello.", 1, (await world.Now()).AddDays(1));
        await world.Send(sent);
        await page.Link("Campaigns").First.ClickAsync();
        await page.Loaded("Campaigns");
        var chip = page.Locator(".campaign-row", new() { Has = page.Link("Sent") }).Locator(".chip");
        await Assertions.Expect(chip).ToHaveTextAsync("Scheduled");
        await world.Cancel(sent);
        await Assertions.Expect(chip).ToHaveTextAsync("Cancelled");
        await page.GoBackAsync();
        await page.Loaded("Friday");
        await world.Send(draft);
        await Assertions.Expect(page.Locator(".page-head .chip")).ToHaveTextAsync("Completed");
        await page.Says("sent", "3");
    }

    [Fact]
    public async Task An_upload_that_was_interrupted_says_so_and_is_made_again_from_the_start()
    {
        const int rows = 50_100;
        await world.Reset(250);
        var page = await world.SignedIn(path: "/campaigns/new");
        await page.Loaded("New campaign");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Broken off");
        await page.GetByLabel("Text", new() { Exact = true }).FillAsync("Hi {firstName|there}!");
        var list = new StringBuilder("mobile,firstName\n");
        for (var row = 0; row < rows; row++)
            list.Append(CultureInfo.InvariantCulture, $"+614{30_000_000 + row},Ann\n");
        await page.Locator("#csv").SetInputFilesAsync(new FilePayload { Name = "guests.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(list.ToString()) });
        await page.Mentions("file-note", "guests.csv: 50,100 rows");
        // From now on the browser hands out half of the file and then nothing, as one does whose disk or network is gone.
        await page.EvaluateAsync("""
            () => { const slice = Blob.prototype.slice; Blob.prototype.slice = function (from, to) {
              const part = slice.call(this, from, to);
              return from < 400000 ? part : Object.assign(part, { arrayBuffer: () => new Promise(() => { }) });
            }; }
            """);
        await page.Button("Save draft").ClickAsync();
        await page.Mentions("adding", "000 of 50,100 recipients added");
        var draft = (await world.Newest()).GetProperty("id").GetString();
        await page.GotoAsync($"/campaigns/{draft}");
        await Assertions.Expect(page.GetByTestId("interrupted")).ToContainTextAsync(new Regex("The upload was interrupted after [0-9]+,000 rows"));
        await Assertions.Expect(page.Button("Discard draft")).ToBeVisibleAsync();
        await Assertions.Expect(page.Button("Edit")).ToHaveCountAsync(0);
        await page.IsAccessible();
        await page.Shot("53-interrupted");

        await page.Link("Upload the list again").ClickAsync();
        await page.Loaded("New campaign");
        await page.Mentions("again", "“Broken off”, whose upload was interrupted after ");
        await Assertions.Expect(page.Locator("#name")).ToHaveValueAsync("Broken off");
        await Assertions.Expect(page.Locator("#text")).ToHaveValueAsync("Hi {firstName|there}!");
        await page.IsAccessible();
        await page.Shot("54-again");
        await page.Locator("#csv").SetInputFilesAsync(new FilePayload { Name = "guests.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(list.ToString()) });
        await page.Mentions("file-note", "guests.csv: 50,100 rows");
        await page.Button("Save draft").ClickAsync();
        await page.Says("needed", "50,100");
        await Assertions.Expect(page.GetByTestId("skipped")).ToHaveCountAsync(0);
        Assert.NotEqual(draft, (await world.Newest()).GetProperty("id").GetString());
        await page.GotoAsync($"/campaigns/{draft}");
        await Assertions.Expect(page.Locator(".page-head .chip")).ToHaveTextAsync("Cancelled");
    }
}
