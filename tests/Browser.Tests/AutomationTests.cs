using Microsoft.Playwright;

namespace Connect.Browser.Tests;

[Collection(Browsing.Name)]
public sealed class AutomationTests(World world)
{
    [Fact]
    public async Task A_flow_shows_what_it_sent_what_it_could_not_and_its_days()
    {
        await world.Reset(1);
        Assert.Equal(200, await world.Automate("welcome", "browser-1", new { to = "+61400888001", text = "Hi {firstName|there}.", fields = new { firstName = "Sam" } }));
        Assert.Equal(402, await world.Automate("welcome", "browser-2", new { to = "+61400888002", text = "Hi." }));
        var page = await world.SignedIn(path: "/automations");
        await page.Loaded("Automations");
        await Assertions.Expect(page.GetByText("1 not sent for want of credits")).ToBeVisibleAsync();
        await page.IsAccessible();
        await page.Shot("45-automations");
        await page.Link("welcome").ClickAsync();
        await page.Loaded("welcome");
        await page.Says("sent", "1");
        await page.Says("not-sent", "1");
        await page.Says("used", "1");
        await page.Mentions("want-of-credits", "1 message was not sent for want of credits");
        await page.Mentions("want-of-credits", "your system can send it again under a new key.");
        await Assertions.Expect(page.GetByRole(AriaRole.Img, new() { NameRegex = new("1 sent, 1 not sent for want of credits") })).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("pre.code")).ToContainTextAsync("/v1/accounts/demo/automations/welcome/messages");
        await page.GetByText("The same as a table").ClickAsync();
        await Assertions.Expect(page.GetByTestId("days").Locator("tbody tr")).ToHaveCountAsync(30);
        await page.IsAccessible();
        await page.Shot("46-automation");
        await world.Grant(10);
        Assert.Equal(200, await world.Automate("welcome", "browser-3", new { to = "+61400888003", text = "Hi." }));
        await page.Says("sent", "2");
    }
}
