// What the page itself says. The words of a state come with the status; these are the furniture.

export const WORDS = {
  'zh-CN': {
    other: 'English',
    lost: { title: '连接中断，正在重连', detail: '如果机器还在动，请按机身上的急停按钮' },
    stage: '从上方看到的台面',
    left: (seconds) => `还有 ${seconds} 秒`,
    side: (n) => ['第 ', n, ' 面'],
    checked: (n, readable) => ['已检查 ', n, ' 面，', readable, ' 处可读'],
    readable: (n) => [n, ' 处还能读出'],
    today: (n) => ['今天 ', n, ' 个包裹'],
    fault: (code) => [`故障：${code}`],
    cm: '厘米',
    commands: { pause: '暂停', resume: '继续', finish: '完成', torn: '撕好了', reset: '复位' },
    stop: '停止',
    privacy: '照片只在内存里，用完即删',
    notice: {
      title: '本机怎样对待你的信息',
      text: '本机只拍摄台面上的包裹，用来找到并涂掉面单。照片只在内存中处理，完成后立即删除，不保存、不上传。本机不记录姓名、电话、地址和运单号。',
      close: '知道了',
    },
  },
  en: {
    other: '中文',
    lost: { title: 'Station not reachable, reconnecting', detail: 'If anything still moves, press the emergency stop on the machine' },
    stage: 'The platform from above',
    left: (seconds) => `${seconds} s left`,
    side: (n) => ['Side ', n],
    checked: (n, readable) => [n, n === 1 ? ' side checked, ' : ' sides checked, ', readable, ' readable'],
    readable: (n) => [n, n === 1 ? ' place still readable' : ' places still readable'],
    today: (n) => [n, n === 1 ? ' box today' : ' boxes today'],
    fault: (code) => [`Fault: ${code}`],
    cm: 'cm',
    commands: { pause: 'Pause', resume: 'Resume', finish: 'Finish', torn: 'Torn off', reset: 'Reset' },
    stop: 'STOP',
    privacy: 'Photos stay in memory, then go',
    notice: {
      title: 'How this machine treats your data',
      text: 'This machine photographs only the parcel on the platform, to find its label and cover it. Photos are handled in memory only and deleted at once when the job is done; they are neither stored nor uploaded. No name, phone number, address or tracking number is recorded.',
      close: 'Understood',
    },
  },
};
